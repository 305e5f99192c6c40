"""What a job talks to: the run that it works on, and its steps."""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self, TypeVar

from django.utils import timezone

from . import claims, runs
from .conf import conf
from .emit import aemit, emit, settled
from .errors import LeaseLost, RunCancelled
from .events import Draft, draft
from .models import Ask
from .writer import writer

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

    def __init__(self, claim: claims.Claim, total_steps: int | None = None) -> None:
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
        if self.lost:
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
        writer().change(claims.begin_step(self.claim, number, self.total_steps, name))

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
        try:
            await settled(writer().change(claims.park(self.claim, ask, self.warnings)))
        except RunCancelled:
            self._cancelled.set()  # the heart may not have seen it yet; the job stops by itself
            raise
        raise Parked

    def _finish(self, state: str, message: str, level: str, code: str = "") -> Any:
        self._is_ending = True
        now = time.perf_counter()
        self.claim.run.step_ms = {
            str(number): [round(took, 3), round((now - began) * 1000, 3)]
            for number, (began, took) in self._steps.items()
        }
        return writer().change(
            claims.finish(
                self.claim, state, message, level, warnings=self.warnings, error_code=code
            )
        )
