"""A session as a whole: cleared, or removed with all it holds, where nothing is at work in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db import transaction

from .errors import Conflict, SessionNotFound
from .models import Event, Run, Session
from .runs import Applied


def clear(session_id: uuid.UUID) -> Callable[[], Applied]:
    """Remove a session's events; the numbering goes on. Raises Conflict while a run is live."""

    def apply() -> Applied:
        first = idle(session_id).last_seq + 1
        Event.objects.filter(session_id=session_id).delete()
        Session.objects.filter(id=session_id).update(first_seq=first)
        return first, []

    return apply


def remove(session_id: uuid.UUID) -> None:
    """Delete a session with all it holds. Raises SessionNotFound, or Conflict while a run is live.

    An event that is on its way is stored before and goes with it, or finds no session any more.
    """
    with transaction.atomic():
        idle(session_id).delete()


def idle(session_id: uuid.UUID) -> Session:
    """The session, locked: nobody numbers an event or begins a run in it until the commit."""
    session = Session.objects.select_for_update().filter(id=session_id).first()
    if session is None:
        raise SessionNotFound
    if Run.objects.filter(session_id=session_id, state__in=Run.LIVE).exists():
        raise Conflict("a run is live in this session; cancel it or wait for its end")
    return session
