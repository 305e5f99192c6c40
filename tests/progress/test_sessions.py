"""A session as a whole is cleared or deleted only while nothing is at work in it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from progress import log, runs, service, sessions
from progress.errors import Conflict, SessionNotFound
from progress.events import draft
from progress.models import Event, Session
from tests.progress.test_runs import apply, queued

pytestmark = pytest.mark.stack


def test_a_log_is_not_cleared_under_a_live_run(session):
    run = queued(session)
    with pytest.raises(Conflict):
        apply(sessions.clear(session.id))
    apply(runs.cancel(run.id))
    assert apply(sessions.clear(session.id)) == 3


def test_a_session_is_deleted_together_with_an_event_that_is_being_stored(session):
    def delete() -> None:
        service.delete_session(session.id)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            log.append([draft(session.id, "not committed yet")])
            deleting = pool.submit(delete)
            with pytest.raises(TimeoutError):
                deleting.result(0.3)
        deleting.result(10)
    assert not Session.objects.exists() and not Event.objects.exists()


def test_a_session_is_not_deleted_under_a_live_run(session):
    run = queued(session)
    with pytest.raises(Conflict):
        service.delete_session(session.id)
    apply(runs.cancel(run.id))
    service.delete_session(session.id)
    with pytest.raises(SessionNotFound):
        service.delete_session(session.id)
