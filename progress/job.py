"""A run while somebody works on it: `ActiveRun` is what a job talks to, `work` runs the job."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, Self, TypeVar

from django.utils import timezone

from . import runs
from .beats import heart
from .conf import conf
from .emit import aemit, changed, emit, settled
from .errors import LeaseLost, RunCancelled, RunNotFound, StorageFailed
from .events import Draft, draft, session_of
from .models import Ask, Run
from .reaper import aenqueue
from .writer import writer

logger = logging.getLogger("progress.job")

State = Run.State
T = TypeVar("T")


class Parked(BaseException):
    """Leaves a job whose run now waits for an answer; no `except Exception` may eat it."""


class Unsupported(Exception):
    """Raise it in a job to end the run as `unsupported`: understood, but out of scope."""


class Step:
    """A named, self-timing step: `with run.step(2, "Search"):` or `async with …`."""

    def __init__(self, run: ActiveRun, number: int, name: str) -> None:
        self.run, self.number, self.name = run, number, name
        self.started = 0.0

    def __enter__(self) -> Self:
        self.started = time.perf_counter()
        self.run._begin(self.number, self.name)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # A step that was left by an error stays open: the run's end settles it and says why.
        if kind is None:
            took = (time.perf_counter() - self.started) * 1000
            self.run._note(self, took)
            self.run._emit(
                self.name,
                kind="step",
                level="success",
                elapsed_ms=took,
                data={"state": "finished", "name": self.name},
            )

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self.__exit__(kind, *rest)


class ActiveRun:
    """What a job reports to. Emitting is for any thread; `a…` calls are for coroutines.

    Emitting returns in microseconds. Sync calls wait when the queue is full; inside an event loop
    use the `a…` twins, which suspend instead.
    """

    def __init__(self, claim: runs.Claim, total_steps: int | None = None) -> None:
        self.claim = claim
        self.id: uuid.UUID = claim.run.id
        self.session_id: uuid.UUID = claim.run.session_id
        self.total_steps = total_steps or claim.run.total_steps
        self.current_step: int | None = claim.run.step
        self.checkpoint: dict[str, Any] = claim.run.checkpoint
        self.warnings = 0
        self.lost = self._is_ending = False
        self._steps: dict[int, tuple[float, float]] = {}  # when each began, and how long it took
        self._cancelled = threading.Event()
        self._on_cancel: list[Callable[[], None]] = []

    # Reporting

    def _draft(self, message: str, **fields: Any) -> Draft:
        if self.lost or heart.has_stood_still:
            raise LeaseLost
        step = fields.pop("step", self.current_step)
        if fields.get("level") == "warning":
            self.warnings += 1
        return draft(self.session_id, message, run=self.id, step=step,
                     total_steps=self.total_steps, **fields)  # fmt: skip

    def _emit(self, message: str, **fields: Any) -> None:
        emit(self._draft(message, **fields))

    def info(self, message: str, **fields: Any) -> None:
        """A log line. `fields`: step, data, elapsed_ms."""
        self._emit(message, level="info", **fields)

    def success(self, message: str, **fields: Any) -> None:
        self._emit(message, level="success", **fields)

    def warning(self, message: str, **fields: Any) -> None:
        self._emit(message, level="warning", **fields)

    def error(self, message: str, **fields: Any) -> None:
        self._emit(message, level="error", **fields)

    def log(self, message: str, level: str = "info", **fields: Any) -> None:
        self._emit(message, level=level, **fields)

    async def alog(self, message: str, level: str = "info", **fields: Any) -> None:
        await aemit(self._draft(message, level=level, **fields))

    async def ainfo(self, message: str, **fields: Any) -> None:
        await aemit(self._draft(message, level="info", **fields))

    async def asuccess(self, message: str, **fields: Any) -> None:
        await aemit(self._draft(message, level="success", **fields))

    async def awarning(self, message: str, **fields: Any) -> None:
        await aemit(self._draft(message, level="warning", **fields))

    async def aerror(self, message: str, **fields: Any) -> None:
        await aemit(self._draft(message, level="error", **fields))

    def progress(self, share: float, message: str = "") -> None:
        """How much of the current step is done, from 0 to 1."""
        self._emit(message, kind="progress", data={"share": min(max(share, 0.0), 1.0)})

    async def aprogress(self, share: float, message: str = "") -> None:
        data = {"share": min(max(share, 0.0), 1.0)}
        await aemit(self._draft(message, kind="progress", data=data))

    def result(self, data: Any, message: str = "") -> None:
        """The outcome, or where it can be fetched; at most 256 KiB of JSON."""
        self._emit(message, kind="result", level="success", data=data)

    def step(self, number: int, name: str) -> Step:
        """A context manager, sync or async, that reports the start and the duration of a step."""
        return Step(self, number, name)

    def _begin(self, number: int, name: str) -> None:
        self.current_step = self.claim.run.step = number
        self.check()
        writer().change(runs.begin_step(self.claim, number, self.total_steps, name))

    def _note(self, step: Step, took: float) -> None:
        began, before = self._steps.get(step.number, (step.started, 0.0))
        self._steps[step.number] = began, before + took

    def track(
        self, items: Iterable[T], total: int | None = None, every: float = 0.1
    ) -> Iterator[T]:
        """Yield the items and report the share done, every `every` seconds; stops on cancel."""
        known = total if total is not None else len(items) if isinstance(items, Sequence) else None
        last = 0.0
        for done, item in enumerate(items):
            self.check()
            if known and time.monotonic() - last >= every:
                last = time.monotonic()
                self.progress(done / known)
            yield item
        if known:
            self.progress(1.0)

    # Cancellation

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise RunCancelled or LeaseLost if the job should stop; call it in long loops."""
        if self.lost:
            raise LeaseLost
        if self.cancelled:
            raise RunCancelled

    def on_cancel(self, stop: Callable[[], None]) -> None:
        """Call `stop` (from another thread) once the run is cancelled, to interrupt a query."""
        self._on_cancel.append(stop)
        if self.cancelled:
            stop()

    def _cancel(self) -> None:
        if not self._cancelled.is_set():
            self._cancelled.set()
            for stop in tuple(self._on_cancel):
                stop()

    def _lose(self) -> None:
        # The heart cannot tell a lost lease from one that has just been given back.
        if self._is_ending:
            return
        self.lost = True
        for stop in tuple(self._on_cancel):
            stop()

    # Asking

    @property
    def answers(self) -> dict[str, str]:
        """What the user answered in this run so far, by key."""
        return dict(runs.answers(self.claim.run))

    async def ask(
        self,
        key: str,
        question: str,
        choices: Sequence[tuple[str, str]] = (),
        *,
        default: str = "",
        allow_text: bool = True,
        expires: float | None = None,
    ) -> str:
        """The user's answer to `question`, known in this run as `key`.

        The first time this leaves the job (Parked), keeps `checkpoint`, and holds no worker. When
        the answer comes the job starts again from its checkpoint and this returns the answer.
        """
        known = runs.answers(self.claim.run).get(key)
        if known is not None:
            return known
        ask = Ask(
            run_id=self.id,
            key=key,
            question=question,
            choices=[{"value": value, "label": label} for value, label in choices],
            default=default,
            allow_text=allow_text,
            expires_at=timezone.now() + dt.timedelta(seconds=expires or conf().ask_expires),
        )
        self._is_ending = True
        await settled(writer().change(runs.park(self.claim, ask, self.warnings)))
        raise Parked

    def _finish(self, state: str, message: str, level: str, code: str = "") -> Any:
        self._is_ending = True
        now = time.perf_counter()
        self.claim.run.step_ms = {
            str(number): [round(took, 3), round((now - began) * 1000, 3)]
            for number, (began, took) in self._steps.items()
        }
        return writer().change(
            runs.finish(self.claim, state, message, level, warnings=self.warnings, error_code=code)
        )


Job = Callable[[ActiveRun], Awaitable[Any]]


async def work(run_id: uuid.UUID | str, job: Job, *, time_limit: float | None = None) -> None:
    """Do a queued run: claim it, run the job, and store how it ended. Called by task workers.

    Does nothing when another worker has the run or it is over, so enqueueing twice is harmless.
    """
    claim = await settled(writer().change(runs.claim(parse_id(run_id))))
    if claim is None:
        return
    run = ActiveRun(claim)
    async with working_on(run):
        await outcome(run, job, time_limit or conf().run_time_limit)


def parse_id(value: uuid.UUID | str) -> uuid.UUID:
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise RunNotFound from None


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
        heart.unwatch(run.claim)


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
        await settled(writer().change(runs.release(run.claim, message)))
        if run.claim.run.task:
            await aenqueue(run.claim.run)  # for another worker; without one the reaper sends it
    raise asyncio.CancelledError


async def failed(run: ActiveRun, error: Exception) -> None:
    """Users see an error's own words only if it was written for them; the rest is for the logs."""
    code = getattr(error, "code", None)
    if not isinstance(code, str):
        logger.exception("run %s failed", run.id)
    message = str(error) if isinstance(code, str) else "Something went wrong on the server"
    await conclude(
        run, State.FAILED, message, "error", code if isinstance(code, str) else "internal"
    )


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
        code = getattr(error, "code", "internal")
        run._finish(State.FAILED, f"Failed: {error}", "error", str(code)[:50]).result()
        raise
    else:
        run._finish(State.SUCCEEDED, "Finished", "success").result()
    finally:
        heart.unwatch(run.claim)


def begin(session_id: uuid.UUID | str, title: str, kind: str, total_steps: int | None) -> ActiveRun:
    record = Run(
        session_id=session_of(session_id), kind=kind, title=title[:500], total_steps=total_steps
    )
    changed(runs.create(record))
    return ActiveRun(changed(runs.claim(record.id)))


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
