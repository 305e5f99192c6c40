"""What a worker does with a run: takes it, works on it, parks it, gives it back, ends it.

Each change is one conditional UPDATE that names the lease (see `runs`), so a worker from which the
run was taken changes nothing any more.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from . import holders
from .errors import LeaseLost, RunCancelled, StorageFailed
from .eta import step_outlook
from .events import Draft, draft, encode_data
from .models import Ask, Run
from .runs import Applied, State, state_event
from .writer import writer


class Claim(NamedTuple):
    """What a worker holds while it works on a run."""

    run: Run
    lease: uuid.UUID
    taken: float  # by this process's monotonic clock


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


def beat(claims: Iterable[Claim]) -> None:
    """Say that this process still works on these runs: one UPDATE, no event, no clock."""
    Run.objects.filter(
        state=State.RUNNING, lease__in=[claim.lease for claim in claims]
    ).update(beats=F("beats") + 1)  # fmt: skip


def signals(claims: Iterable[Claim]) -> dict[uuid.UUID | None, bool]:
    """`{lease: cancel requested}` of the claims that still hold; the others were taken away."""
    rows = Run.objects.filter(state=State.RUNNING, lease__in=[claim.lease for claim in claims])
    return {lease: bool(asked) for lease, asked in rows.values_list("lease", "cancel_requested")}
