"""One heart a process: it beats for every run worked on here and hears who was cancelled."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable

from django.db import connections

from . import runs
from .batch import Item
from .conf import conf
from .events import Draft
from .runs import Claim
from .writer import writer

logger = logging.getLogger("progress.beats")


class Heart:
    """A thread of its own, so that a job that blocks the event loop does not lose its lease.

    `on_cancel` and `on_lost` are called on this thread, once.
    """

    def __init__(self) -> None:
        self.claims: dict[uuid.UUID, tuple[Claim, Callable[[], None], Callable[[], None]]] = {}
        self.lock = threading.Lock()
        self.busy = threading.Event()
        self.thread: threading.Thread | None = None
        self.listened = 0.0  # when the database was last asked who holds what
        self.lost: set[uuid.UUID] = set()  # runs that were taken away

    @property
    def has_stood_still(self) -> bool:
        """This process was stopped for longer than a lease (a paused machine, a debugger): others
        may hold its runs by now, and it has not looked yet."""
        return time.monotonic() - self.listened > conf().lease

    def watch(
        self, claim: Claim, on_cancel: Callable[[], None], on_lost: Callable[[], None]
    ) -> None:
        with self.lock:
            if not self.claims:
                self.listened = time.monotonic()
            self.lost.discard(claim.run.id)
            writer().admit = self.ours
            self.claims[claim.lease] = (claim, on_cancel, on_lost)
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._run, name="progress-beats", daemon=True)
                self.thread.start()
        self.busy.set()

    def unwatch(self, claim: Claim) -> None:
        with self.lock:
            self.claims.pop(claim.lease, None)
            if not self.claims:
                self.busy.clear()

    def _run(self) -> None:
        next_beat = time.monotonic() + conf().beat
        while True:
            self._rest()
            asked = time.monotonic()
            try:
                if time.monotonic() >= next_beat:
                    runs.beat([claim for claim, *_ in tuple(self.claims.values())])
                    next_beat = time.monotonic() + conf().beat
                self._listen()
            except Exception as error:
                logger.warning("cannot beat: %s", error)
                connections.close_all()
                time.sleep(conf().beat / 4)  # it is not asked ten times a second while it is away
            # Not when the answer came: this process may have stood still before it read it.
            self.listened = asked

    def _rest(self) -> None:
        """Sleep a poll; with nothing to watch give the connection back and sleep until there is."""
        if not self.busy.is_set():
            connections.close_all()
            self.busy.wait()
        time.sleep(conf().cancel_poll)

    def _listen(self) -> None:
        watched = dict(self.claims)
        if not watched:
            return
        found = runs.signals([claim for claim, *_ in watched.values()])
        for lease, (claim, on_cancel, on_lost) in watched.items():
            if lease not in found:
                self._lost(claim, on_lost)
            elif found[lease]:
                on_cancel()

    def _lost(self, claim: Claim, on_lost: Callable[[], None]) -> None:
        # It may have ended by itself between the copy and the query.
        if claim.lease in self.claims:
            self.lost.add(claim.run.id)
            self.unwatch(claim)
            on_lost()

    def ours(self, batch: list[Item]) -> list[Item]:
        """The batch without what runs reported that were taken away. Called by the writer, in whose
        queue an event may have waited for as long as this process stood still."""
        while self.claims and self.has_stood_still:
            time.sleep(0.005)
        if not self.lost:
            return batch
        return [item for item in batch if not (isinstance(item, Draft) and item.run in self.lost)]


heart = Heart()

# A forked child must not beat for the runs of its parent.
os.register_at_fork(after_in_child=lambda: heart.__init__())  # type: ignore[misc]
