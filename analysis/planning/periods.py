"""Plans that set stretches of time side by side: the same figures of the same tickers in each."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from analysis import composition
from analysis.errors import UnplannableIntent
from analysis.intent import Intent, Window
from analysis.market_facts import MarketFacts
from analysis.planning.figures import by_ticker
from analysis.planning.plan import NAME, PERIOD, TICKER, Plan, metric_columns

MOST_PERIODS = 6
_PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")


def periods(intent: Intent, facts: MarketFacts) -> Plan:
    """Each stretch is planned by itself, so a figure here is the one that it has alone."""
    if not 2 <= len(intent.windows) <= MOST_PERIODS:
        raise UnplannableIntent(f"2 to {MOST_PERIODS} stretches of time stand side by side.")
    parts = [_one(intent, window, facts) for window in intent.windows]
    metrics = tuple(dict.fromkeys(c.name for part in parts for c in part.columns[2:]))
    union = "\nUNION ALL BY NAME\n".join(_row(number, part) for number, part in enumerate(parts))
    return Plan(
        script="periods",
        params=_parameters(intent, parts),
        intent=intent,
        sql=composition.statement("periods", {}, {"union": union, "metrics": ", ".join(metrics)}),
        columns=(PERIOD, TICKER, NAME, *metric_columns(metrics)),
    )


def _one(intent: Intent, window: Window, facts: MarketFacts) -> Plan:
    """Without the levels and days of highs, which have columns of their own."""
    alone = dataclasses.replace(intent, shape="value", window=window, windows=())
    plan = by_ticker(alone, facts)
    known = {"ticker", "name", *alone.metrics, "total_return"}
    return dataclasses.replace(plan, columns=tuple(c for c in plan.columns if c.name in known))


def _row(number: int, part: Plan) -> str:
    """The statement of one stretch; its parameters end in the stretch's number."""
    sql = _PARAMETER.sub(rf"$\1_{number}", part.sql)
    return f"SELECT {number} AS place, $period_{number} AS period, * FROM (\n{sql}\n)"


def _parameters(intent: Intent, parts: list[Plan]) -> dict[str, Any]:
    params: dict[str, Any] = {"tickers": list(intent.tickers)}
    for number, (window, part) in enumerate(zip(intent.windows, parts, strict=True)):
        params |= {f"{name}_{number}": value for name, value in part.params.items()}
        params[f"period_{number}"] = window.label
    return params
