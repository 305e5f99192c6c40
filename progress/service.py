"""All that `progress` can do. Other apps import only this module.

A job reports what it does::

    from progress.service import start_run

    with start_run(session_id, "Import prices", total_steps=2) as run:
        with run.step(1, "Read the file"):
            run.info("prices.csv has 174,573 rows")
        with run.step(2, "Store"):
            for row in run.track(rows):
                ...

Each event is stored in order, numbered without gaps, and reaches browsers, API clients and
webhooks live. `session_id` is the id (UUID or text) of a session of `create_session`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

from .access import Viewer, remember, viewer_of, visible_session
from .accuracy import accuracy
from .active import ActiveRun, Unsupported
from .commands import answer, cancel, visible_run
from .consumers import ProgressConsumer
from .dispatch.contract import task
from .dispatch.inprocess import settle
from .emit import aemit, changed, emit, settled
from .errors import (
    BadParameter,
    Conflict,
    EventRejected,
    InTransaction,
    LeaseLost,
    NotAuthenticated,
    PermissionDenied,
    ProgressError,
    QueueFull,
    RunCancelled,
    RunNotFound,
    SessionNotFound,
    StorageFailed,
)
from .eta import eta, predicted, slow_in, was_slow
from .events import KINDS, LEVELS, draft, session_of
from .job import astart_run, start_run, work
from .log import as_objects
from .logs import ProgressHandler
from .models import Ask, Event, Run, Session
from .proofs import Proof, standing_logins
from .reaper import aenqueue, enqueue
from .rest import read
from .runs import create
from .sessions import remove
from .stream import follow, run_rests
from .threads import in_commander as in_thread
from .times import duration, span
from .writer import drain, writer

__all__ = [
    "KINDS",
    "LEVELS",
    "ActiveRun",
    "Ask",
    "BadParameter",
    "Conflict",
    "Event",
    "EventRejected",
    "InTransaction",
    "LeaseLost",
    "NotAuthenticated",
    "PermissionDenied",
    "ProgressConsumer",
    "ProgressError",
    "ProgressHandler",
    "Proof",
    "QueueFull",
    "Run",
    "RunCancelled",
    "RunNotFound",
    "Session",
    "SessionNotFound",
    "StorageFailed",
    "Unsupported",
    "Viewer",
    "accuracy",
    "answer",
    "aqueue_run",
    "astart_run",
    "cancel",
    "create_session",
    "delete_session",
    "drain",
    "duration",
    "enqueue",
    "eta",
    "follow",
    "in_thread",
    "page",
    "predicted",
    "progress_error",
    "progress_error_sync",
    "progress_info",
    "progress_info_sync",
    "progress_success",
    "progress_success_sync",
    "progress_warning",
    "progress_warning_sync",
    "queue_run",
    "remember",
    "run_rests",
    "session_of",
    "settle",
    "slow_in",
    "span",
    "standing_logins",
    "start_run",
    "task",
    "viewer_of",
    "visible_run",
    "visible_session",
    "was_slow",
    "work",
]

SessionId = uuid.UUID | str


async def progress_info(session_id: SessionId, message: str, **fields: Any) -> None:
    """Log a line. `fields`: step, total_steps, run, data (JSON), elapsed_ms.

    Returns as soon as the event is handed over. Raises EventRejected for what cannot be stored.
    """
    await aemit(draft(session_of(session_id), message, level="info", **fields))


async def progress_success(session_id: SessionId, message: str, **fields: Any) -> None:
    """Log that something went well."""
    await aemit(draft(session_of(session_id), message, level="success", **fields))


async def progress_warning(session_id: SessionId, message: str, **fields: Any) -> None:
    """Log something to know that does not stop the work."""
    await aemit(draft(session_of(session_id), message, level="warning", **fields))


async def progress_error(session_id: SessionId, message: str, **fields: Any) -> None:
    """Log a failure."""
    await aemit(draft(session_of(session_id), message, level="error", **fields))


def progress_info_sync(session_id: SessionId, message: str, **fields: Any) -> None:
    """`progress_info` for ordinary code and threads."""
    emit(draft(session_of(session_id), message, level="info", **fields))


def progress_success_sync(session_id: SessionId, message: str, **fields: Any) -> None:
    """`progress_success` for ordinary code and threads."""
    emit(draft(session_of(session_id), message, level="success", **fields))


def progress_warning_sync(session_id: SessionId, message: str, **fields: Any) -> None:
    """`progress_warning` for ordinary code and threads."""
    emit(draft(session_of(session_id), message, level="warning", **fields))


def progress_error_sync(session_id: SessionId, message: str, **fields: Any) -> None:
    """`progress_error` for ordinary code and threads."""
    emit(draft(session_of(session_id), message, level="error", **fields))


def create_session(viewer: Viewer | None = None, title: str = "") -> Session:
    """A new conversation, owned by the viewer; in a view that is `remember(request)`.

    A session without an owner is seen by nobody but the operator.
    """
    viewer = viewer or Viewer()
    return Session.objects.create(user_id=viewer.user_id, browser=viewer.browser, title=title[:200])


def delete_session(session_id: SessionId) -> None:
    """Remove a session with all it holds. Raises SessionNotFound, or Conflict while a run is live.

    What its emitters still report finds no session: it is dropped, logged and counted.
    """
    remove(session_of(session_id))


def queue_run(
    session_id: SessionId,
    task: str,
    *,
    title: str = "",
    kind: str = "job",
    total_steps: int | None = None,
    run_id: uuid.UUID | None = None,
    then: Callable[[], object] | None = None,
) -> Run:
    """Store a run for the workers and hand it to them.

    `task` is the dotted path of a django-tasks task that takes the run's id and calls `work`; one
    that does not exist raises ImportError.
    `then` runs in the same transaction, to store what belongs to the run.
    """
    run = new_run(session_id, task, title, kind, total_steps, run_id)
    changed(create(run, then))
    enqueue(run)
    return run


async def aqueue_run(
    session_id: SessionId, task: str, *, then: Callable[[], object] | None = None, **fields: Any
) -> Run:
    """`queue_run` for coroutines. `fields`: title, kind, total_steps, run_id."""
    run = new_run(session_id, task, **fields)
    await settled(writer().change(create(run, then)))
    await aenqueue(run)
    return run


def new_run(
    session_id: SessionId,
    task: str,
    title: str = "",
    kind: str = "job",
    total_steps: int | None = None,
    run_id: uuid.UUID | None = None,
) -> Run:
    import_string(task)  # a wrong path is told now, not by every reaper for ever
    return Run(id=run_id or uuid.uuid4(), session_id=session_of(session_id), task=task,
               title=title[:500], kind=kind, total_steps=total_steps)  # fmt: skip


def page(
    session_id: SessionId, *, after: int = 0, limit: int = 500, **wanted: Any
) -> dict[str, Any]:
    """Stored events after a cursor as plain objects: `{"head", "first", "events", "scanned"}`.

    `wanted`: level, kind (lists of names), step, run, q. Sync. Raises SessionNotFound.
    """
    renamed = {"level": "level__in", "kind": "kind__in", "run": "run_id", "q": "message__icontains"}
    fields = {renamed.get(name, name): value for name, value in wanted.items() if value}
    found = read(session_of(session_id), fields, after, limit)
    return {**found, "events": as_objects(found["events"])}
