"""One heart a process: it beats for every run worked on here and hears who was cancelled."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable

from django.db import OperationalError, connections

from . import claims
from .batch import Item
from .claims import Claim
from .conf import conf
from .events import Draft
from .writer import writer

logger = logging.getLogger("progress.beats")


class Heart:
    """A thread of its own, so that a job that blocks the event loop does not lose its lease.

    `on_lost` is called on this thread, once; `on_cancel` at every look until the run has ended.
    """

    def __init__(self) -> None:
        self.claims: dict[uuid.UUID, tuple[Claim, Callable[[], None], Callable[[], None]]] = {}
        self.lock = threading.Lock()
        self.busy = threading.Event()
        self.thread: threading.Thread | None = None
        self.beaten = 0.0  # when it last said that these runs are ours, and nobody denied it
        self.lost: set[uuid.UUID] = set()  # runs that were taken away

    @property
    def is_sure(self) -> bool:
        """Nobody can have taken a run from us by now, unless we know it: for the length of a lease
        after a beat. False when this process stood still (a paused machine, a debugger)."""
        return not self.claims or time.monotonic() - self.beaten < conf().lease

    def watch(
        self, claim: Claim, on_cancel: Callable[[], None], on_lost: Callable[[], None]
    ) -> None:
        with self.lock:
            self.beaten = min(self.beaten, claim.taken) if self.claims else claim.taken
            self.lost.discard(claim.run.id)
            writer().guard = self
            self.claims[claim.lease] = (claim, on_cancel, on_lost)
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._run, name="progress-beats", daemon=True)
                self.thread.start()
        self.busy.set()

    def unwatch(self, claim: Claim, lost: bool = False) -> None:
        """`lost`: it was taken away. Else it has ended, which looks the same to the heart."""
        with self.lock:
            self.claims.pop(claim.lease, None)
            if not lost:
                self.lost.discard(claim.run.id)
            if not self.claims:
                self.busy.clear()

    def _run(self) -> None:
        beaten = time.monotonic()
        while True:
            self._rest()
            try:
                if time.monotonic() - beaten >= conf().beat or not self.is_sure:
                    # Not when the answer came: this process may stand still before it reads it.
                    beaten = time.monotonic()
                    self._beat(beaten)
                else:
                    self._listen()
            except Exception as error:
                logger.warning("cannot beat: %s", error)
                connections.close_all()
                time.sleep(conf().beat / 4)  # it is not asked ten times a second while it is away

    def _rest(self) -> None:
        """Sleep a poll; with nothing to watch give the connection back and sleep until there is."""
        if not self.busy.is_set():
            connections.close_all()
            self.busy.wait()
        time.sleep(conf().cancel_poll)

    def _beat(self, now: float) -> None:
        """Beat, then hear which runs were taken before: only now the others are surely ours."""
        watched = dict(self.claims)
        claims.beat([claim for claim, *_ in watched.values()])
        self._listen()
        with self.lock:
            if self.claims.keys() <= watched.keys():
                self.beaten = now

    def _listen(self) -> None:
        watched = dict(self.claims)
        if not watched:
            return
        found = claims.signals([claim for claim, *_ in watched.values()])
        for lease, (claim, on_cancel, on_lost) in watched.items():
            if lease not in found:
                self._lost(claim, on_lost)
            elif found[lease]:
                on_cancel()

    def _lost(self, claim: Claim, on_lost: Callable[[], None]) -> None:
        with self.lock:
            # It may have ended by itself between the copy and the query.
            if claim.lease not in self.claims:
                return
            self.lost.add(claim.run.id)
        self.unwatch(claim, lost=True)
        on_lost()

    def ours(self, batch: list[Item]) -> list[Item]:
        """The batch without what runs reported that were taken away. Called by the writer, in whose
        queue events wait for as long as this process stands still.

        Raises OperationalError, to be tried again, while others may hold our runs.
        """
        if not self.is_sure:
            raise OperationalError("this process stood still; it asks whose its runs are now")
        if not self.lost:
            return batch
        return [item for item in batch if not (isinstance(item, Draft) and item.run in self.lost)]


heart = Heart()

# A forked child must not beat for the runs of its parent.
os.register_at_fork(after_in_child=lambda: heart.__init__())  # type: ignore[misc]
