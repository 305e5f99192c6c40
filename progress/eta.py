"""How much longer a run will take: what its forecast says of where it stands."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from .forecast import Forecast, Range
from .models import Run


def predicted(run: Run) -> tuple[float, float] | None:
    """(low, high): milliseconds that it was expected to take in all, when it was created."""
    known: Forecast | None = run.forecast
    return known and known["run"][:2]


def eta(run: Run) -> tuple[float, float] | None:
    """(low, high): milliseconds still to go in the middle and at the 80th percentile of such runs.

    None if unknown or over. Time spent waiting for the user counts neither in the past nor now.
    """
    left = remaining(run)
    return left and left[:2]


def slow_in(run: Run) -> float | None:
    """Milliseconds until this run takes longer than 90 % of its kind; 0 once it does."""
    left = remaining(run)
    return left and left[2]


def was_slow(run: Run) -> bool:
    """Whether a run that succeeded took longer than 90 % of those before it."""
    known: Forecast | None = run.forecast
    return run.state == Run.State.SUCCEEDED and bool(known and run.worked_ms > known["run"][2])


def remaining(run: Run) -> Range | None:
    known: Forecast | None = run.forecast
    if known is None or run.is_final:
        return None
    if run.state != Run.State.RUNNING:
        return less(known["run"], 0)  # also after an answer: the job does its steps again
    rest = known["rests"].get(str(run.step))
    if rest is None or run.step_started_at is None:
        return less(known["run"], run.worked_ms)
    return less(rest, (timezone.now() - run.step_started_at).total_seconds() * 1000)


def less(left: Range, passed: float) -> Range:
    low, high, slow = (round(max(limit - passed, 0.0), 3) for limit in left)
    return low, high, slow


def step_outlook(run: Run, step: int) -> dict[str, Any]:
    """What the event of a step that begins tells: how long the step takes, and the run from there.

    `{"predicted_ms": [low, high], "eta_ms": [low, high], "slow_in_ms": …}`; empty if unknown.
    """
    known: Forecast | None = run.forecast
    key = str(step)
    if known is None or key not in known["rests"]:
        return {}
    low, high, slow = known["rests"][key]
    return {"predicted_ms": known["steps"][key][:2], "eta_ms": [low, high], "slow_in_ms": slow}
