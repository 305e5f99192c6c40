"""What is done to a run from outside: created, answered, cancelled, taken from a dead worker; each
change with its event. What its worker does is in `claims`.

Every function here and there is a `Change` for the writer: it decides with one conditional UPDATE,
so two workers, a cancelling user and a reaper can all try at once and exactly one succeeds.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import F
from django.utils import timezone

from .conf import conf
from .errors import Conflict, RunNotFound
from .events import Draft, draft
from .forecast import forecast
from .models import Ask, Run

State = Run.State
Applied = tuple[Any, Iterable[Draft]]


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
