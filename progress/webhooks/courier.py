"""Empties the outbox: one courier in every process that serves or works.

Endpoints are served next to each other, one endpoint's deliveries one after the other. A courier
has a thread and a loop of its own, so that a slow endpoint never delays an event.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import threading
import uuid
from typing import Any

from progress.conf import conf
from progress.models import Webhook
from progress.threads import pool, run_in
from progress.webhooks import ledger, outbox, sending

logger = logging.getLogger("progress.webhooks")

ENDPOINTS = 16  # served at the same time by one process
TURN = 200  # deliveries to one endpoint before the others get their turn


async def in_ledger(function: Any, *arguments: Any) -> Any:
    return await run_in(pool("courier"), function, *arguments)


class Courier:
    """Start it once a process. `round()` alone does what is due now, for commands and tests."""

    def __init__(self) -> None:
        self.busy: dict[uuid.UUID, asyncio.Task[None]] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        self.news: asyncio.Event | None = None
        self.thread: threading.Thread | None = None
        self.stopping = False

    # From any thread

    def start(self) -> None:
        if self.thread is not None and self.stopping:
            self.thread.join()  # a server that starts again; the two must not share this state
            self.thread = None
        if self.thread is None:
            self.stopping = False
            self.thread = threading.Thread(target=self._run, name="progress-courier", daemon=True)
            self.thread.start()

    def stop(self) -> None:
        """Begins nothing new. An attempt that is cut off by the process's end is repeated."""
        self.stopping = True
        self.wake()

    def wake(self) -> None:
        loop, news = self.loop, self.news
        if loop is not None and news is not None:
            with contextlib.suppress(RuntimeError):  # its loop has just ended
                loop.call_soon_threadsafe(news.set)

    def _run(self) -> None:
        asyncio.run(self.work())

    # On the courier's loop

    async def work(self) -> None:
        """Until `stop()`: a round at each news, and now and then for what others left."""
        self.loop, self.news = asyncio.get_running_loop(), asyncio.Event()
        outbox.listeners.add(self.wake)
        try:
            while not self.stopping:
                self.news.clear()
                await self._begin_round()
                with contextlib.suppress(TimeoutError):
                    pause = conf().webhook_poll * random.uniform(0.5, 1.5)
                    await asyncio.wait_for(self.news.wait(), pause)
        finally:
            outbox.listeners.discard(self.wake)
            await self._finish()

    async def _finish(self) -> None:
        if self.busy:
            _, late = await asyncio.wait(self.busy.values(), timeout=3)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _begin_round(self) -> None:
        """Start with what is due; a database that does not answer is asked again later."""
        try:
            endpoints = await in_ledger(ledger.due)
        except Exception as error:
            logger.warning("the outbox cannot be read now: %s", error)
            return
        for webhook in endpoints:
            if webhook not in self.busy and len(self.busy) < ENDPOINTS and not self.stopping:
                self.busy[webhook] = asyncio.create_task(self._serve(webhook))

    async def round(self) -> None:
        """Do everything that is due now, and return when it was tried."""
        while endpoints := await in_ledger(ledger.due):
            await asyncio.gather(*(self._serve(webhook) for webhook in endpoints))

    async def _serve(self, webhook_id: uuid.UUID) -> None:
        try:
            webhook = await in_ledger(ledger.claim, webhook_id)
            if webhook is not None:
                try:
                    await self._take_turn(webhook)
                finally:
                    await in_ledger(ledger.release, webhook)
                self.wake()  # there may be more, after the others had their turn
        except Exception as error:
            logger.warning("webhook %s cannot be served now: %s", webhook_id, error)
        finally:
            self.busy.pop(webhook_id, None)

    async def _take_turn(self, webhook: Webhook) -> None:
        """Send what is due, oldest first, until nothing is, the circuit opens or others wait."""
        for _ in range(TURN // ledger.AT_ONCE):
            batch = await in_ledger(ledger.next_batch, webhook)
            for delivery in batch:
                current = await in_ledger(ledger.renew, webhook)
                if current is None or self.stopping:
                    return
                webhook = current
                secrets = ledger.secrets(webhook)
                message = str(delivery.message)
                attempt = await sending.send(webhook.url, message, delivery.payload, secrets)
                await in_ledger(ledger.record, webhook, delivery, attempt)
            if not batch:
                return


courier = Courier()
