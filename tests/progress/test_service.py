"""The public module: what it refuses before anything is stored."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection, transaction

from progress import service
from progress.errors import InTransaction
from progress.models import Run, Session
from progress.service import in_thread

TASK = "tests.dispatch.toys.add"


def test_a_task_that_does_not_exist_is_told_at_once_and_nothing_is_stored(session: Session):
    for path in ("tests.dispatch.toys.nothing", "nowhere.at.all", "nonsense"):
        with pytest.raises(ImportError):
            service.queue_run(session.id, path)
    assert not Run.objects.exists()


async def test_a_coroutine_queues_a_run_as_other_code_does(session: Session):
    known = uuid.uuid4()
    run = await service.aqueue_run(session.id, TASK, title="x" * 900, total_steps=3, run_id=known)
    assert (run.id, run.title, run.kind, run.total_steps) == (known, "x" * 500, "job", 3)
    assert await in_thread(Run.objects.filter(id=known, task=TASK).exists)
    with pytest.raises(TypeError):
        await service.aqueue_run(session.id, TASK, total_step=3)


def test_a_page_of_stored_events_takes_the_filters_of_the_rest_door(session: Session):
    service.progress_info_sync(session.id, "Reading", step=1)
    service.progress_error_sync(session.id, "Broken", step=2)
    assert service.drain(10)
    for wanted in ({"level": ["error"]}, {"step": 2}, {"q": "BROK"}, {"after": 1}):
        assert [event["seq"] for event in service.page(session.id, **wanted)["events"]] == [2]


def test_a_run_inside_a_transaction_that_locks_the_database_is_refused_at_once(session: Session):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite lets one write at a time")
    with transaction.atomic():
        service.progress_info_sync(session.id, "Reporting is fine")
        with pytest.raises(InTransaction):
            service.queue_run(session.id, TASK)
        with pytest.raises(InTransaction), service.start_run(session.id, "Here"):
            pass
    assert service.drain(10)
    assert [event["message"] for event in service.page(session.id)["events"]] == [
        "Reporting is fine"
    ]
