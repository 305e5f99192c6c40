"""Working on a run: `work` does a queued one, `start_run` one of a command or a script."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from . import claims, runs
from .active import ActiveRun, Parked, Unsupported
from .beats import heart
from .conf import conf
from .emit import changed, settled
from .errors import LeaseLost, RunCancelled, RunNotFound, StorageFailed
from .events import id_of, session_of
from .models import Run
from .reaper import aenqueue
from .writer import writer

logger = logging.getLogger("progress.job")

State = Run.State
Job = Callable[[ActiveRun], Awaitable[Any]]


async def work(run_id: uuid.UUID | str, job: Job, *, time_limit: float | None = None) -> None:
    """Do a queued run: claim it, run the job, and store how it ended. Called by task workers.

    Does nothing when another worker has the run or it is over, so enqueueing twice is harmless.
    """
    claim = await settled(writer().change(claims.claim(id_of(run_id, RunNotFound))))
    if claim is None:
        return
    run = ActiveRun(claim)
    async with working_on(run):
        await outcome(run, job, time_limit or conf().run_time_limit)


@contextlib.asynccontextmanager
async def working_on(run: ActiveRun) -> AsyncIterator[None]:
    """While inside: beats, and cancellation reaches the job as asyncio.CancelledError."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None

    def stop() -> None:
        loop.call_soon_threadsafe(task.cancel)

    run.on_cancel(stop)
    heart.watch(run.claim, run._cancel, run._lose)
    try:
        yield
    finally:
        heart.unwatch(run.claim, run.lost)


async def outcome(run: ActiveRun, job: Job, time_limit: float) -> None:
    """Run the job and store its end. Only here are errors of jobs caught."""
    try:
        async with asyncio.timeout(time_limit) as limit:
            await job(run)
        await conclude(run, State.SUCCEEDED, "Finished", "success")
    except Parked:
        pass
    except Unsupported as reason:
        await conclude(run, State.UNSUPPORTED, str(reason), "info", "unsupported")
    except TimeoutError as error:
        if not limit.expired():
            return await failed(run, error)  # the job's own
        await conclude(run, State.FAILED, f"Stopped after {time_limit:g} s", "error", "time_limit")
    except (asyncio.CancelledError, RunCancelled):
        await stopped(run)
    except LeaseLost:
        logger.warning("run %s was taken over by another worker", run.id)
    except Exception as error:
        await failed(run, error)


async def conclude(run: ActiveRun, state: str, message: str, level: str, code: str = "") -> None:
    """Store how the run ended, however long the database is away; its lease is kept meanwhile."""
    while True:
        try:
            return await settled(run._finish(state, message, level, code))
        except LeaseLost:
            return None
        except StorageFailed:
            logger.warning("the end of run %s cannot be stored yet", run.id)


async def stopped(run: ActiveRun) -> None:
    """The job was stopped: by its user, by a lost lease, or because this process is going away."""
    if run.lost:
        return
    if run.cancelled:
        return await conclude(run, State.CANCELLED, "Cancelled", "info")
    with contextlib.suppress(LeaseLost):
        message = "The server is restarting; the run goes on afterwards"
        await settled(writer().change(claims.release(run.claim, message)))
        if run.claim.run.task:
            await aenqueue(run.claim.run)  # for another worker; without one the reaper sends it
    raise asyncio.CancelledError


async def failed(run: ActiveRun, error: Exception) -> None:
    message, code = told(error)
    if code == "internal":
        logger.exception("run %s failed", run.id)
    await conclude(run, State.FAILED, message, "error", code)


def told(error: BaseException) -> tuple[str, str]:
    """(message, code): users see an error's own words only if it was written for them."""
    code = getattr(error, "code", None)  # that of SystemExit is a number
    if isinstance(code, str):
        return str(error), code[:50]
    return "Something went wrong on the server", "internal"


@contextlib.contextmanager
def start_run(
    session_id: uuid.UUID | str,
    title: str = "",
    *,
    kind: str = "job",
    total_steps: int | None = None,
) -> Iterator[ActiveRun]:
    """Work on a new run right here, in a command or a script: `with start_run(…) as run:`.

    Leaving the block ends the run: succeeded, failed (the error is raised on) or cancelled, after
    everything it reported is stored. If this process is killed the run ends as interrupted.
    """
    run = begin(session_id, title, kind, total_steps)
    heart.watch(run.claim, run._cancel, run._lose)
    try:
        yield run
    except RunCancelled:
        run._finish(State.CANCELLED, "Cancelled", "info").result()
    except Unsupported as reason:
        run._finish(State.UNSUPPORTED, str(reason), "info", "unsupported").result()
    except BaseException as error:
        message, code = told(error)
        run._finish(State.FAILED, message, "error", code).result()
        raise
    else:
        run._finish(State.SUCCEEDED, "Finished", "success").result()
    finally:
        heart.unwatch(run.claim, run.lost)


def begin(session_id: uuid.UUID | str, title: str, kind: str, total_steps: int | None) -> ActiveRun:
    record = Run(
        session_id=session_of(session_id), kind=kind, title=title[:500], total_steps=total_steps
    )
    changed(runs.create(record))
    return ActiveRun(changed(claims.claim(record.id)))


@contextlib.asynccontextmanager
async def astart_run(
    session_id: uuid.UUID | str,
    title: str = "",
    *,
    kind: str = "job",
    total_steps: int | None = None,
) -> AsyncIterator[ActiveRun]:
    """`start_run` for coroutines: `async with astart_run(…) as run:`."""
    inner = start_run(session_id, title, kind=kind, total_steps=total_steps)
    run = await asyncio.to_thread(inner.__enter__)
    try:
        yield run
    except BaseException as error:
        if not await asyncio.to_thread(inner.__exit__, type(error), error, error.__traceback__):
            raise
    else:
        await asyncio.to_thread(inner.__exit__, None, None, None)
