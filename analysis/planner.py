"""From what a question means to the statement that answers it; pure, no data is read here."""

from __future__ import annotations

from collections.abc import Callable

from analysis.errors import UnplannableIntent
from analysis.intent import Intent
from analysis.market_facts import MarketFacts
from analysis.planning import figures, groups, lookups, periods, records, relations, series
from analysis.planning.plan import Plan

__all__ = ["Plan", "plan"]

SHAPES: dict[str, Callable[[Intent, MarketFacts], Plan]] = {
    "rank": figures.rank,
    "value": figures.by_ticker,
    "compare": figures.by_ticker,
    "periods": periods.periods,
    "screen": figures.screen,
    "aggregate": groups.aggregate,
    "trend": series.trend,
    "indicator": series.indicator,
    "calendar": series.calendar,
    "seasonality": series.seasonality,
    "crossings": series.crossings,
    "count": records.count,
    "extremes": records.extremes,
    "streaks": records.streaks,
    "drawdowns": records.drawdowns,
    "pairs": relations.pairs,
    "matrix": relations.matrix,
    "price": lookups.price,
    "whatif": lookups.whatif,
    "list": lookups.listing,
    "explain": lookups.explain,
}


def plan(intent: Intent, facts: MarketFacts) -> Plan:
    """Raises `UnplannableIntent` with the reason where the intent cannot be computed."""
    if intent.shape not in SHAPES:
        raise UnplannableIntent(f"There is no way to compute the shape {intent.shape}.")
    return SHAPES[intent.shape](intent, facts)
