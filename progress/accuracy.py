"""How good predictions were: what stored runs were told when they began, against what happened.

Every run carries the forecast that was made of the runs before it, so nothing is judged by what
was learnt from itself or from its future.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from statistics import median
from typing import NamedTuple

from django.utils import timezone

from .forecast import Forecast, Range, is_whole
from .models import Run

MOST = 5_000  # runs, the newest: about 100 bytes of each are read
PARTS = ("whole run", "step {}", "from step {} on", "run that skipped steps")

Told = tuple[Range, float]  # what was predicted, and the milliseconds that it took


class Accuracy(NamedTuple):
    """One line of the report; shares are fractions of `runs`, times milliseconds."""

    kind: str
    part: str  # one of PARTS
    runs: int
    early: float  # faster than the range; by definition of the range 0.5 is right
    within: float  # 0.3
    slow: float  # beyond the 90th percentile, where "longer than usual" is said: 0.1
    error_ms: float  # between the middle prediction and the fact, the median
    relative: float  # the same as a share of the fact

    @property
    def covered(self) -> float:
        """At most the upper end of the range; 0.8 is right."""
        return self.early + self.within


def accuracy(days: float = 30) -> list[Accuracy]:
    """By kind of run: the runs as wholes, their steps, from each step to the end; and those that
    skipped steps, whose forecasts were not made for them."""
    told: dict[tuple[str, int, int], list[Told]] = defaultdict(list)
    for run in judged(timezone.now() - dt.timedelta(days=days)):
        for part, step, one in predictions(run):
            told[run.kind, part, step].append(one)
    return [
        judge(kind, PARTS[part].format(step), told[kind, part, step])
        for kind, part, step in sorted(told)
    ]


def judged(since: dt.datetime) -> Iterable[Run]:
    found = Run.objects.filter(
        state=Run.State.SUCCEEDED, forecast__isnull=False, created_at__gte=since
    )
    fields = (*Run.TIMES, "kind", "total_steps", "step_ms", "forecast")
    return found.only(*fields).order_by("-created_at")[:MOST]


def predictions(run: Run) -> Iterator[tuple[int, int, Told]]:
    """All that was predicted of a run: which of the parts, of which step, and what came."""
    forecast: Forecast | None = run.forecast
    assert forecast is not None  # `judged` asks for no others
    if not is_whole(run):
        yield 3, 0, (forecast["run"], run.worked_ms)
        return
    yield 0, 0, (forecast["run"], run.worked_ms)
    for step, (took, rest) in run.step_ms.items():
        if step in forecast["steps"]:
            yield 1, int(step), (forecast["steps"][step], took)
            yield 2, int(step), (forecast["rests"][step], rest)


def judge(kind: str, part: str, told: list[Told]) -> Accuracy:
    return Accuracy(
        kind,
        part,
        len(told),
        early=share(took < low for (low, _, _), took in told),
        within=share(low <= took <= high for (low, high, _), took in told),
        slow=share(took > slow for (_, _, slow), took in told),
        error_ms=median(abs(took - low) for (low, _, _), took in told),
        relative=median(abs(took - low) / max(took, 0.001) for (low, _, _), took in told),
    )


def share(flags: Iterable[bool]) -> float:
    counted = list(flags)
    return sum(counted) / len(counted)
