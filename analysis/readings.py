"""Compute every reading of an ambiguous question: where they agree nobody needs to be asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from analysis.execution import Execution
from analysis.intent import Intent
from analysis.market import Market, MarketFacts
from analysis.metrics import METRICS
from analysis.planner import plan


def agreed(
    readings: Mapping[str, Intent], default: str, market: Market, facts: MarketFacts
) -> Intent | None:
    """The default reading, with a note, if all readings put the same stocks first; else None."""
    first = {value: leaders(intent, market, facts) for value, intent in readings.items()}
    if len(set(first.values())) != 1 or not first[default]:
        return None
    chosen = readings[default]
    labels = [
        metric.label for i in readings.values() for m in i.metrics[:1] if (metric := METRICS.get(m))
    ]
    note = f"Every reading ({', '.join(labels)}) gives the same answer"
    return dataclasses.replace(chosen, notes=(*chosen.notes, note))


def leaders(intent: Intent, market: Market, facts: MarketFacts) -> tuple[str, ...]:
    """The tickers that the reading names, in its order: all of a short list, one of a ranking."""
    result = Execution(plan(intent, facts), market).run()
    column = [c.name for c in result.columns].index("ticker")
    tickers = [row[column] for row in result.rows]
    return tuple(tickers[: intent.limit])
