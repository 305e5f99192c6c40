"""What a run will take, learnt from past successful runs of its kind: in all, and step by step.

A forecast is plain JSON, stored with the run when it is created, so that what was said can be held
against what happened (`accuracy`), whatever this module says by then.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import TypedDict

from .models import Run

# The newest runs of a kind. Measured on stored runs: twice as many follow a change of the load
# more slowly and judge no better (docs/analyses.md).
SAMPLES = 100
FEWEST = 5  # below that a range would be a guess
# A range reaches from the first to the second; past the third a run takes longer than usual.
SHARES = (0.5, 0.8, 0.9)
KEPT_SECONDS = 5

Range = tuple[float, float, float]  # milliseconds: the 50th, 80th and 90th percentile
Sample = tuple[float, dict[str, list[float]]]  # of a run: milliseconds, and its `step_ms`


class Forecast(TypedDict):
    """Milliseconds; steps by their number as text, because JSON has no other keys."""

    run: Range
    steps: dict[str, Range]  # how long each takes
    rests: dict[str, Range]  # from the beginning of each to the end of the run


def forecast(kind: str) -> Forecast | None:
    """What is known of runs of this kind; None while that is too little."""
    return _learnt(kind, int(time.monotonic() / KEPT_SECONDS))


@lru_cache(maxsize=100)
def _learnt(kind: str, period: int) -> Forecast | None:
    """Read once in a period: a burst of runs does not read their common past again and again."""
    return learn(past(kind))


def past(kind: str) -> list[Sample]:
    found = Run.objects.filter(kind=kind, state=Run.State.SUCCEEDED).order_by("-finished_at")
    newest = found.only(*Run.TIMES, "total_steps", "step_ms")[:SAMPLES]
    return [(run.worked_ms, run.step_ms) for run in newest if is_whole(run)]


def is_whole(run: Run) -> bool:
    """Whether it went through all its steps. One that skipped some, as answers from a cache do, is
    over before anybody reads a prediction, and would make those of all others too short."""
    return not run.step_ms or len(run.step_ms) >= (run.total_steps or 0)


def learn(samples: list[Sample]) -> Forecast | None:
    if len(samples) < FEWEST:
        return None
    took, rest = defaultdict(list), defaultdict(list)
    for _, steps in samples:
        for step, (step_took, step_rest) in steps.items():
            took[step].append(step_took)
            rest[step].append(step_rest)
    whole = spread(worked for worked, _ in samples)
    return Forecast(run=whole, steps=spreads(took), rests=spreads(rest))


def spreads(by_step: dict[str, list[float]]) -> dict[str, Range]:
    """Steps that few runs went through say nothing of their own."""
    return {step: spread(times) for step, times in by_step.items() if len(times) >= FEWEST}


def spread(times: Iterable[float]) -> Range:
    ordered = sorted(times)
    low, high, slow = (round(percentile(ordered, share), 3) for share in SHARES)
    return low, high, slow


def percentile(ordered: list[float], share: float) -> float:
    """Linear interpolation between the two nearest of the sorted values."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
