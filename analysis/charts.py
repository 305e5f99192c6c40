"""The chart that fits an answer, as a Vega-Lite spec with its data inside."""

from __future__ import annotations

from collections.abc import Callable

from analysis.intent import Intent, Result
from analysis.plots import bars, canvas
from analysis.plots.canvas import Spec


def chart(intent: Intent, result: Result) -> Spec | None:
    """A Vega-Lite v6 spec, or None where a picture would say no more than the sentence."""
    draw = CHARTS.get(intent.shape)
    if draw is None or not result.rows or intent.param("chart") == "table":
        return None
    return draw(intent, result)


def _rank(intent: Intent, result: Result) -> Spec | None:
    names = canvas.measured(intent, result)
    if not names:
        return None
    rows, kind = canvas.rows(result), canvas.formats(result)[names[0]]
    title = canvas.label(names[0])
    return bars.ranked(rows, "ticker", names[0], kind, f"{title}, ranked: {len(rows)} stocks")


CHARTS: dict[str, Callable[[Intent, Result], Spec | None]] = {"rank": _rank}
