"""Sends what waits in the webhooks' outbox, in a process of its own or once."""

from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from progress.models import Delivery
from progress.webhooks.courier import Courier


class Command(BaseCommand):
    help = "Deliver webhooks until SIGTERM; serving and working processes do so anyway."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self.once() if options["once"] else self.until_asked())
        if options["once"]:
            waiting = Delivery.objects.filter(state=Delivery.State.PENDING).count()
            self.stdout.write(f"{waiting} deliveries wait for their next attempt")

    async def once(self) -> None:
        await Courier().round()

    async def until_asked(self) -> None:
        courier = Courier()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, courier.stop)
        self.stdout.write("Webhooks are delivered (Ctrl-C ends it)")
        await courier.work()
