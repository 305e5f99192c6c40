"""The chart that fits an answer, as a Vega-Lite spec with its data inside."""

from __future__ import annotations

from collections.abc import Callable

from analysis.intent import Intent
from analysis.plots import stocks, times
from analysis.plots.canvas import Spec
from analysis.result import Result


def chart(intent: Intent, result: Result) -> Spec | None:
    """A Vega-Lite v6 spec, or None where a picture would say no more than the sentence.

    `params.chart` is honoured where that kind fits the shape; "table" means no chart.
    """
    draw = CHARTS.get(intent.shape)
    if draw is None or not result.rows or intent.param("chart") == "table":
        return None
    return draw(intent, result)


CHARTS: dict[str, Callable[[Intent, Result], Spec | None]] = {
    "rank": stocks.ranking,
    "compare": stocks.compare,
    "periods": stocks.periods,
    "aggregate": stocks.aggregate,
    "screen": stocks.screen,
    "trend": times.trend,
    "indicator": times.indicator,
    "calendar": times.calendar,
    "count": stocks.count,
    "extremes": times.dated("date", "{period}_return", "percent", "Record returns"),
    "streaks": times.dated("start", "days", "integer", "Longest runs"),
    "drawdowns": times.dated("peak", "max_drawdown", "percent", "Deepest drawdowns"),
    "pairs": stocks.pairs,
    "matrix": stocks.matrix,
    "crossings": times.crossings,
    "seasonality": times.seasonality,
    "whatif": stocks.whatif,
}
