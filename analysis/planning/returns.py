"""Windows under a year have no CAGR: the total return stands in for it."""

from __future__ import annotations

import dataclasses

from analysis.intent import Condition, Intent
from analysis.market_facts import MarketFacts
from analysis.metrics import SHORTEST_CAGR
from analysis.planning import sources


def is_short(intent: Intent, facts: MarketFacts) -> bool:
    """Whether the window, inside the data, has fewer days than a CAGR needs."""
    dates = sources.window(intent, facts)
    return (dates["end"] - max(dates["start"], facts.first_date)).days < SHORTEST_CAGR


def shown(metrics: tuple[str, ...], intent: Intent, facts: MarketFacts) -> tuple[str, ...]:
    """The figures of the table: beside a CAGR that cannot be given, the total return."""
    if "cagr" not in metrics or not is_short(intent, facts):
        return metrics
    pairs = ((name, "total_return") if name == "cagr" else (name,) for name in metrics)
    return tuple(dict.fromkeys(name for pair in pairs for name in pair))


def leading(metrics: tuple[str, ...], intent: Intent, facts: MarketFacts) -> str:
    """The figure that a ranking is ordered by."""
    first = metrics[0]
    return "total_return" if first == "cagr" and is_short(intent, facts) else first


def compared(intent: Intent, facts: MarketFacts) -> tuple[Condition, ...]:
    """The conditions, on the total return where there is no CAGR to compare."""
    if not any(item.metric == "cagr" for item in intent.conditions):
        return intent.conditions
    if not is_short(intent, facts):
        return intent.conditions
    return tuple(
        dataclasses.replace(item, metric="total_return") if item.metric == "cagr" else item
        for item in intent.conditions
    )
