"""Finds what nobody looks after any more: dead workers' runs, lost enqueueings, expired questions.

No wall clock decides who is alive. The reaper remembers what it saw and measures with its own
monotonic clock how long nothing has changed; a clock that is set back or differs between machines
changes nothing. Time in which it could not look, because the database was away or this process was
paused, hardly counts: the workers could not beat either. Any number of processes may reap: each
change is conditional.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from . import holders, runs
from .conf import conf
from .emit import changed
from .errors import ProgressError, StorageFailed
from .models import Ask, Run

logger = logging.getLogger("progress.reaper")

Seen = tuple[Any, ...]


class Reaper:
    """Call `look()` every few seconds from one place a process."""

    def __init__(self) -> None:
        self.seen: dict[Any, tuple[Seen, float]] = {}  # and for how long nothing has changed
        self.looked = time.monotonic()
        self.has_swept = False

    def look(self) -> None:
        """One round: three indexed queries, and changes only for what stood still too long."""
        live = list(Run.objects.filter(state__in=(Run.State.QUEUED, Run.State.RUNNING)))
        passed = self._watched()
        still = [run for run in live if self._stands_still(run, passed) or is_orphan(run)]
        self.seen = {run.id: self.seen[run.id] for run in live if run.id in self.seen}
        for run in still:
            self._help(run)
        for lease in {run.lease for run in still if run.lease and is_orphan(run)}:
            holders.bury(lease)
        if not self.has_swept:
            holders.sweep()
            self.has_swept = True
        self._expire_asks()

    def _watched(self) -> float:
        """Seconds since the last look, as far as they count."""
        before, self.looked = self.looked, time.monotonic()
        return min(self.looked - before, 2 * conf().beat)

    def _stands_still(self, run: Run, passed: float) -> bool:
        mark = (run.state, run.lease, run.beats, run.attempt)
        known, still = self.seen.get(run.id, (None, 0.0))
        still = still + passed if known == mark else 0.0
        self.seen[run.id] = (mark, still)
        return known == mark and still >= conf().lease

    def _help(self, run: Run) -> None:
        """One run whose task does not exist any more must not hold up those behind it."""
        try:
            self._revive(run) if run.state == Run.State.QUEUED else self._take(run)
        except StorageFailed:
            raise
        except Exception:
            logger.exception("run %s cannot be enqueued", run.id)

    def _take(self, run: Run) -> None:
        state = changed(runs.reap(run))
        if state is not None:
            logger.warning("run %s lost its worker: %s", run.id, state)
        if state == Run.State.QUEUED:
            enqueue(run)

    def _revive(self, run: Run) -> None:
        """Queued for long: its message to the workers may be lost. A second one does no harm."""
        self.seen.pop(run.id, None)
        if run.task:
            enqueue(run)

    def _expire_asks(self) -> None:
        due = Ask.objects.filter(state=Ask.State.OPEN, expires_at__lte=timezone.now())
        for ask_id in due.values_list("id", flat=True):
            try:
                changed(runs.expire(ask_id))
            except ProgressError:
                logger.info("question %s was settled just now", ask_id)


def is_orphan(run: Run) -> bool:
    """Its worker was a process of this machine that is gone: there is nothing to wait for."""
    return run.lease is not None and holders.is_dead(run.lease)


def enqueue(run: Run) -> None:
    """Hand a queued run to the workers."""
    import_string(run.task).enqueue(str(run.id))


async def aenqueue(run: Run) -> None:
    await import_string(run.task).aenqueue(str(run.id))
