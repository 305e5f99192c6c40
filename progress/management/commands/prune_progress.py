"""The one command of retention: `manage.py prune_progress --older-than 90d`, daily."""

from __future__ import annotations

import argparse
import datetime as dt
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from progress.pruning import BATCH, prune
from progress.webhooks import outbox

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Command(BaseCommand):
    help = (
        "Remove old events, and webhook deliveries that are over, in small transactions beside "
        "writers and readers. Sessions and runs stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", type=age, required=True, metavar="90d|12h|30m|4w")
        parser.add_argument("--batch", type=int, default=BATCH, help="rows in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        before, batch = timezone.now() - options["older_than"], max(1, options["batch"])
        events, deliveries = prune(before, batch), outbox.prune(before, batch)
        self.stdout.write(f"{events} events and {deliveries} webhook deliveries removed")


def age(text: str) -> dt.timedelta:
    found = re.fullmatch(r"(\d{1,5})([mhdw])", text)
    if found is None:
        raise argparse.ArgumentTypeError("a number with m, h, d or w is wanted, for example 90d")
    return dt.timedelta(**{UNITS[found[2]]: int(found[1])})
