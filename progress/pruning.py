"""Retention: old events are removed in small transactions, between which writers go on.

First the log's beginning moves, then the events before it go; so a reader that asks for what is
gone hears `reset` at every moment, never silence, even if this is interrupted in between.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import F

from .models import Event, Run, Session

BATCH = 1_000  # events in one transaction: a few milliseconds
PAUSE = 0.01  # seconds between two, in which writers that wait get their turn


def prune(
    older_than: dt.datetime, batch: int = BATCH, tell: Callable[[int], object] = lambda n: None
) -> int:
    """Remove the events of before `older_than`; their number. Sessions with a live run are left.

    Sessions and runs stay: they are the history. `tell` hears of every batch.
    """
    removed = 0
    for session in sessions_with(older_than):
        if move_beginning(session, older_than):
            for some in remove_before_beginning(session, batch):
                removed += some
                tell(some)
                time.sleep(PAUSE)
    return removed


def sessions_with(older_than: dt.datetime) -> list[uuid.UUID]:
    old = Event.objects.filter(created_at__lt=older_than).order_by()
    return list(old.values_list("session_id", flat=True).distinct())


def move_beginning(session: uuid.UUID, older_than: dt.datetime) -> bool:
    """Let the log begin with its first event that is kept; False while a run is live.

    Times need not rise with numbers (clocks are set back), so what is kept starts with the first
    number that is young enough, and everything behind it stays.
    """
    with transaction.atomic():
        if not Session.objects.select_for_update().filter(id=session).exists():
            return False
        if Run.objects.filter(session_id=session, state__in=Run.LIVE).exists():
            return False
        kept = Event.objects.filter(session_id=session, created_at__gte=older_than)
        first = kept.order_by("seq").values_list("seq", flat=True).first()
        start = F("last_seq") + 1 if first is None else first
        Session.objects.filter(id=session, first_seq__lt=start).update(first_seq=start)
    return True


def remove_before_beginning(session: uuid.UUID, batch: int) -> Iterator[int]:
    start = Session.objects.filter(id=session).values("first_seq")  # none, if it is deleted now
    gone = Event.objects.filter(session_id=session, seq__lt=start).order_by("seq")
    while ids := list(gone.values_list("id", flat=True)[:batch]):
        Event.objects.filter(id__in=ids).delete()
        yield len(ids)
