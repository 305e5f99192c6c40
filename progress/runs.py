"""The life of a run in the database: claimed, beating, parked, ended; each change with its event.

Every function here is a `Change` for the writer: it decides with one conditional UPDATE, so two
workers, a cancelling user and a reaper can all try at once and exactly one of them succeeds.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from . import holders
from .conf import conf
from .errors import (
    Conflict,
    LeaseLost,
    RunCancelled,
    RunNotFound,
    SessionNotFound,
    StorageFailed,
)
from .eta import step_outlook
from .events import Draft, draft, encode_data
from .forecast import forecast
from .models import Ask, Event, Run, Session
from .writer import writer

State = Run.State
Applied = tuple[Any, Iterable[Draft]]


class Claim(NamedTuple):
    """What a worker holds while it works on a run."""

    run: Run
    lease: uuid.UUID
    taken: float  # by this process's monotonic clock


def state_event(run: Run, state: str, message: str, level: str = "info", **data: Any) -> Draft:
    return draft(
        run.session_id,
        message,
        run=run.id,
        kind="state",
        level=level,
        step=run.step,
        total_steps=run.total_steps,
        data={"state": str(state), **data},
    )


def create(run: Run, then: Callable[[], object] | None = None) -> Callable[[], Applied]:
    """Store a new run as queued, and in the same transaction whatever belongs to it."""

    def apply() -> Applied:
        run.forecast = forecast(run.kind)
        Run.objects.bulk_create([run])
        if then is not None:
            then()
        return run, [state_event(run, State.QUEUED, "Queued")]

    return apply


def claim(run_id: uuid.UUID) -> Callable[[], Applied]:
    """Take a queued run. The result is a Claim, or None if somebody else has it or it is over."""
    lease = holders.holder.lease()

    def apply() -> Applied:
        began = time.monotonic()
        taken = Run.objects.filter(id=run_id, state=State.QUEUED).update(
            state=State.RUNNING,
            lease=lease,
            beats=F("beats") + 1,
            attempt=F("attempt") + 1,
            started_at=Case(
                When(started_at=None, then=Value(timezone.now())), default=F("started_at")
            ),
        )
        if not taken:
            return None, []
        run = Run.objects.get(id=run_id)
        again = "" if run.attempt == 1 else f" (attempt {run.attempt})"
        return Claim(run, lease, began), [
            state_event(run, State.RUNNING, f"Running{again}", attempt=run.attempt)
        ]

    return apply


def held(claim: Claim) -> Q:
    """Only while the lease is ours: a worker that lost it must not write any more."""
    return Q(id=claim.run.id, state=State.RUNNING, lease=claim.lease)


def begin_step(
    claim: Claim, step: int, total_steps: int | None, name: str
) -> Callable[[], Applied]:
    data = {"state": "started", "name": name, **step_outlook(claim.run, step)}
    event = draft(claim.run.session_id, name, run=claim.run.id, kind="step", step=step,
                  total_steps=total_steps, data=data)  # fmt: skip
    began = timezone.now()

    def apply() -> Applied:
        done = Run.objects.filter(held(claim)).update(
            step=step, total_steps=total_steps, step_started_at=began
        )
        if not done:
            raise LeaseLost
        return None, [event]

    return apply


def finish(
    claim: Claim, state: str, message: str, level: str, *, warnings: int = 0, error_code: str = ""
) -> Callable[[], Applied]:
    """End a run. Queued behind all its events, so that "finished" is the last thing stored."""

    def apply() -> Applied:
        end = whole(claim, (state, message, level, error_code))
        now = timezone.now()
        if not settle_run(claim, end, now, warnings):
            raise LeaseLost
        claim.run.finished_at = now
        return None, [end_event(claim.run, end)._replace(elapsed_ms=claim.run.worked_ms)]

    return apply


HOLES = "Part of the log could not be stored"

End = tuple[str, str, str, str]  # state, message, level, error code


def whole(claim: Claim, end: End) -> End:
    """A run that ended well has its whole log; one whose events were lost has failed."""
    if end[0] == State.SUCCEEDED and writer().has_losses(claim.run.id):
        return State.FAILED, HOLES, "error", "storage_failed"
    return end


def settle_run(claim: Claim, end: End, now: dt.datetime, warnings: int) -> int:
    state, message, level, error_code = end
    return Run.objects.filter(held(claim)).update(
        state=state,
        finished_at=now,
        lease=None,
        warnings=F("warnings") + warnings,
        error_code=error_code,
        error=message if level == "error" else "",
        step=claim.run.step,
        step_ms=claim.run.step_ms,
    )


def end_event(run: Run, end: End) -> Draft:
    state, message, level, error_code = end
    more = {"error": error_code} if error_code else {}
    return state_event(run, state, message, level, **more)


def park(claim: Claim, ask: Ask, warnings: int) -> Callable[[], Applied]:
    """Store the question and let go of the run: no worker is held while the user thinks."""

    def apply() -> Applied:
        refuse_holes(claim)
        parked = Run.objects.filter(held(claim), cancel_requested=False).update(
            state=State.WAITING,
            lease=None,
            waiting_since=timezone.now(),
            checkpoint=claim.run.checkpoint,
            warnings=F("warnings") + warnings,
            step=claim.run.step,
        )
        if not parked:
            # Whoever cancelled it has been told that it ends; it must not wait for an answer.
            raise RunCancelled if Run.objects.filter(held(claim)).exists() else LeaseLost
        Ask.objects.bulk_create([ask], ignore_conflicts=True)
        asked = state_event(claim.run, State.WAITING, ask.question)
        return None, [asked._replace(kind="ask", data=ask_data(ask)), waiting_event(claim.run)]

    return apply


def refuse_holes(claim: Claim) -> None:
    """Whoever goes on from a checkpoint does not know what was lost before it."""
    if writer().has_losses(claim.run.id):
        raise StorageFailed(HOLES)


def ask_data(ask: Ask) -> bytes:
    return encode_data(ask.as_dict())


def waiting_event(run: Run) -> Draft:
    return state_event(run, State.WAITING, "Waiting for an answer")


def answer(ask_id: uuid.UUID, value: str, label: str) -> Callable[[], Applied]:
    """Settle a question: the first answer wins. The run is queued again; the result is the Run."""

    def apply() -> Applied:
        ask = settle(ask_id, Ask.State.ANSWERED, value)
        run = requeue_waiting(ask)
        data = {"ask": str(ask.id), "answer": value}
        told = draft(run.session_id, label, run=run.id, kind="answer", step=run.step,
                     total_steps=run.total_steps, data=data)  # fmt: skip
        return run, [
            told,
            settled_event(run, ask, "answered"),
            state_event(run, State.QUEUED, "Queued"),
        ]

    return apply


def settle(ask_id: uuid.UUID, state: str, value: str = "") -> Ask:
    now = timezone.now()
    done = Ask.objects.filter(id=ask_id, state=Ask.State.OPEN).update(
        state=state, answer=value, settled_at=now
    )
    if not done:
        raise Conflict("this question is already settled")
    return Ask.objects.select_related("run").get(id=ask_id)


def settled_event(run: Run, ask: Ask, state: str) -> Draft:
    data = {"id": str(ask.id), "state": state, "answer": ask.answer or None}
    event = draft(run.session_id, f"Question {state}", run=run.id, kind="ask", step=run.step,
                  total_steps=run.total_steps, data=data)  # fmt: skip
    return event


def requeue_waiting(ask: Ask) -> Run:
    run = ask.run
    waited = waited_ms(run)
    checkpoint = {**run.checkpoint, "answers": {**answers(run), ask.key: ask.answer}}
    done = Run.objects.filter(id=run.id, state=State.WAITING).update(
        state=State.QUEUED,
        waiting_since=None,
        waited_ms=F("waited_ms") + waited,
        checkpoint=checkpoint,
        # The wait is over and done right: it is no failed attempt.
        attempt=F("attempt") - 1,
    )
    if not done:
        raise Conflict("the run is not waiting any more")
    return get(run.id)


def answers(run: Run) -> dict[str, str]:
    return run.checkpoint.get("answers", {})


def waited_ms(run: Run) -> float:
    since = run.waiting_since
    return (timezone.now() - since).total_seconds() * 1000 if since else 0.0


def release(claim: Claim, message: str) -> Callable[[], Applied]:
    """Give a run back to the queue, because this worker is going away; no attempt is lost."""

    def apply() -> Applied:
        refuse_holes(claim)
        done = Run.objects.filter(held(claim)).update(
            state=State.QUEUED,
            lease=None,
            attempt=F("attempt") - 1,
            checkpoint=claim.run.checkpoint,
        )
        if not done:
            raise LeaseLost
        return None, [state_event(claim.run, State.QUEUED, message, "warning")]

    return apply


def cancel(run_id: uuid.UUID) -> Callable[[], Applied]:
    """Stop a run: at once if nobody works on it, else by a request its worker sees.

    The result is the Run as it is then. Cancelling twice, or a finished run that was cancelled, is
    fine; any other finished run raises Conflict.
    """

    def apply() -> Applied:
        run = get(run_id)
        parked = Run.objects.filter(id=run_id, state__in=(State.QUEUED, State.WAITING)).update(
            state=State.CANCELLED, finished_at=timezone.now(), cancel_requested=True
        )
        if parked:
            return get(run_id), [*cancel_ask(run), state_event(run, State.CANCELLED, "Cancelled")]
        asked = Run.objects.filter(id=run_id, state=State.RUNNING, cancel_requested=False)
        if asked.update(cancel_requested=True):
            return get(run_id), [draft(run.session_id, "Cancelling", run=run.id, step=run.step,
                                       total_steps=run.total_steps)]  # fmt: skip
        return refuse_if_over(get(run_id)), []

    return apply


def get(run_id: uuid.UUID) -> Run:
    run = Run.objects.filter(id=run_id).first()
    if run is None:
        raise RunNotFound
    return run


def refuse_if_over(run: Run) -> Run:
    if run.is_final and run.state != State.CANCELLED:
        raise Conflict(f"the run is over: {run.state}")
    return run


def cancel_ask(run: Run) -> list[Draft]:
    ask = Ask.objects.filter(run=run, state=Ask.State.OPEN).first()
    if ask is None:
        return []
    return [settled_event(run, settle(ask.id, Ask.State.CANCELLED), "cancelled")]


def expire(ask_id: uuid.UUID) -> Callable[[], Applied]:
    """End a run whose question nobody answered in time: guessing would be a silent wrong answer."""

    def apply() -> Applied:
        ask = settle(ask_id, Ask.State.EXPIRED)
        run = ask.run
        Run.objects.filter(id=run.id, state=State.WAITING).update(
            state=State.CANCELLED, finished_at=timezone.now(), error_code="ask_expired"
        )
        message = "Cancelled: the question was not answered in time"
        event = state_event(run, State.CANCELLED, message, "warning", error="ask_expired")
        return run, [settled_event(run, ask, "expired"), event]

    return apply


def reap(run: Run) -> Callable[[], Applied]:
    """Take a run from a worker that stopped beating: queue it again, or end it as interrupted.

    `run` is as it was when last seen alive; a beat since then makes this do nothing (result None).
    """

    def apply() -> Applied:
        again = bool(run.task) and run.attempt < conf().max_attempts and not run.cancel_requested
        state = State.QUEUED if again else State.INTERRUPTED
        if run.cancel_requested:
            state = State.CANCELLED
        finished: dt.datetime | None = None if again else timezone.now()
        code = "interrupted" if state == State.INTERRUPTED else ""
        stopped = Run.objects.filter(
            id=run.id, state=State.RUNNING, lease=run.lease, beats=run.beats
        ).update(state=state, lease=None, finished_at=finished, error_code=code)
        return (
            (state, [state_event(run, state, REAPED[state], "warning")]) if stopped else (None, [])
        )

    return apply


REAPED = {
    State.QUEUED: "The worker died; trying again",
    State.INTERRUPTED: "Interrupted: the worker died and the run could not be repeated",
    State.CANCELLED: "Cancelled",
}


def beat(claims: Iterable[Claim]) -> None:
    """Say that this process still works on these runs: one UPDATE, no event, no clock."""
    Run.objects.filter(
        state=State.RUNNING, lease__in=[claim.lease for claim in claims]
    ).update(beats=F("beats") + 1)  # fmt: skip


def signals(claims: Iterable[Claim]) -> dict[uuid.UUID | None, bool]:
    """`{lease: cancel requested}` of the claims that still hold; the others were taken away."""
    rows = Run.objects.filter(state=State.RUNNING, lease__in=[claim.lease for claim in claims])
    return {lease: bool(asked) for lease, asked in rows.values_list("lease", "cancel_requested")}


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
