"""How much longer a run will take: a range learnt from past successful runs of the same kind."""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone

from .models import Run

SAMPLES = 200
FEWEST = 5  # below that a range would be a guess
LOW, HIGH = 0.5, 0.8
KEPT_SECONDS = 15


def eta(run: Run) -> tuple[float, float] | None:
    """(low, high) milliseconds still to go, from the 50th to the 80th percentile; None if unknown.

    Time spent waiting for the user counts neither in the past nor now.
    """
    past = durations(run.kind)
    if len(past) < FEWEST or run.is_final:
        return None
    done = worked_ms(run)
    return max(percentile(past, LOW) - done, 0.0), max(percentile(past, HIGH) - done, 0.0)


def durations(kind: str) -> list[float]:
    """Sorted working times of the newest successful runs, in milliseconds."""
    key = f"progress.eta.{kind}"
    known = cache.get(key)
    if known is None:
        newest = Run.objects.filter(kind=kind, state=Run.State.SUCCEEDED).order_by("-finished_at")
        rows = newest.values_list("started_at", "finished_at", "waited_ms")[:SAMPLES]
        known = sorted(
            (end - start).total_seconds() * 1000 - waited
            for start, end, waited in rows
            if start is not None and end is not None
        )
        cache.set(key, known, KEPT_SECONDS)
    return known


def worked_ms(run: Run) -> float:
    if run.started_at is None:
        return 0.0
    until = run.waiting_since or timezone.now()
    return (until - run.started_at).total_seconds() * 1000 - run.waited_ms


def percentile(values: list[float], share: float) -> float:
    """Linear interpolation between the two nearest of the sorted values."""
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)
