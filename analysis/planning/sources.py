"""Which days and returns a plan reads: the window, the frequency, steps, portfolios."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analysis.composition import Relation, part_of, relation
from analysis.errors import UnplannableIntent
from analysis.intent import UNNAMED, Intent
from analysis.market_facts import MarketFacts
from analysis.metrics import METRICS, average_gap_days, moving_average_days
from analysis.planning import scope

PERIODS_PER_YEAR = {"daily": 252.0, "weekly": 52.0, "monthly": 12.0}
TABLES = {"daily": "prices", "weekly": "weeks", "monthly": "months"}
PERIOD_TABLES = {
    "day": "prices",
    "week": "weeks",
    "month": "months",
    "quarter": "quarters",
    "year": "years",
}
FORMULAS = {"simple": "simple_return", "log": "ln(adj_close / previous_close)"}
SERIES = ("indicator", "trend")  # they show every day of the window, others its last
PORTFOLIOS = {"portfolio": "days_held", "rebalanced": "days_rebalanced"}
MOMENTUM = {"1": (1, 0), "3": (3, 0), "6": (6, 0), "12": (12, 0), "12-1": (12, 1)}
# What a parameter is when nobody names it, and the scripts or metrics that read it: it is honoured
# by one of the figures at least, or refused.
USERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "frequency": ("daily", ("spread", "tail", "relative")),
    "returns": ("simple", ("spread", "tail", "relative")),
    "risk_free": (0.0, ("sharpe", "sortino", "alpha")),
    "confidence": (0.95, ("var_95", "cvar_95")),
    "months": (12, ("momentum",)),
}
BEFORE_ALL = dt.date(1, 1, 1)
# More trading days than any average needs, and a seed before them weighs less than 1e-40.
WARM_UP = dt.timedelta(days=6 * 366)


def window(intent: Intent, facts: MarketFacts) -> dict[str, dt.date]:
    """`start` and `end` inside the data; a whole history starts a week before the data does.

    Raises `UnplannableIntent` where the window holds no day.
    """
    start, end = intent.window.start, min(intent.window.end, facts.last_date)
    if start is None or start <= facts.first_date:
        start = facts.first_date - dt.timedelta(days=7)
    if start >= end or end <= facts.first_date:
        raise UnplannableIntent(
            f"There are no prices in this window; the data runs from {facts.first_date} to "
            f"{facts.last_date}."
        )
    return {"start": start, "end": end}


def parameters(intent: Intent, facts: MarketFacts) -> dict[str, Any]:
    """Everything that scripts under `sources/` and `figures/` may read."""
    dates = window(intent, facts)
    months, skipped = _momentum(intent)
    return {
        **dates,
        **scope.parameters(intent),
        "held_from": dates["start"],
        "market_from": dates["start"],
        "series_from": dates["start" if intent.shape in SERIES else "end"] - WARM_UP,
        "high_from": _high_from(intent, dates["start"]),
        "periods": PERIODS_PER_YEAR[_frequency(intent)],
        "risk_free": _rate(intent),
        "tail": 1 - _confidence(intent),
        "months": months,
        "skipped": skipped,
    }


def _high_from(intent: Intent, start: dt.date) -> dt.date:
    """A current drawdown counts from the all-time high unless a window is named."""
    return BEFORE_ALL if intent.window.rule in UNNAMED else start


def _rate(intent: Intent) -> float:
    rate = float(intent.param("risk_free", 0.0))
    if not -1 < rate < 1:
        raise UnplannableIntent("The risk-free rate is a yearly share, such as 3 %.")
    return rate


def _confidence(intent: Intent) -> float:
    confidence = float(intent.param("confidence", 0.95))
    if not 0.5 <= confidence < 1:
        raise UnplannableIntent("The confidence lies between 50 % and 100 %.")
    return confidence


def _momentum(intent: Intent) -> tuple[int, int]:
    months = str(intent.param("months", 12))
    if months in MOMENTUM:
        return MOMENTUM[months]
    if months.isdecimal() and 1 <= int(months) <= 120:
        return int(months), 0
    raise UnplannableIntent("Momentum looks back 1 to 120 months, or 12-1.")


def _frequency(intent: Intent) -> str:
    frequency = str(intent.param("frequency", "daily"))
    if frequency not in TABLES:
        raise UnplannableIntent("Returns are daily, weekly or monthly.")
    return frequency


def fill(intent: Intent) -> dict[str, str]:
    """The words that stand for {table}, {formula} and {averages} in the sources."""
    formula = str(intent.param("returns", "simple"))
    if formula not in FORMULAS:
        raise UnplannableIntent("Returns are simple or log.")
    return {
        "table": TABLES[_frequency(intent)],
        "formula": FORMULAS[formula],
        "averages": ",\n           ".join(_averages(intent)),
    }


def _averages(intent: Intent) -> list[str]:
    """Columns for all moving averages that are wanted, and for the price against them."""
    named = [*intent.metrics, *(condition.metric for condition in intent.conditions)]
    lengths = {days for name in named if (days := moving_average_days(name))} | {50, 200}
    gaps = {days for name in named if (days := average_gap_days(name))}
    return [_average(days) for days in sorted(lengths)] + [_gap(days) for days in sorted(gaps)]


def _average(days: int) -> str:
    return (
        f"CASE WHEN number >= {days - 1} THEN avg(x) OVER (s ROWS {days - 1} PRECEDING) END "
        f"AS sma_{days}"
    )


def _gap(days: int) -> str:
    return (
        f"CASE WHEN number >= {days - 1} THEN x / avg(x) OVER (s ROWS {days - 1} PRECEDING) - 1 "
        f"END AS price_to_sma_{days}"
    )


def relations(intent: Intent, days: str = "days") -> dict[str, Relation]:
    """What stands for `days`, `returns` and `pieces`.

    `days` is a script of `sources/`; only the plain one has months that were summed at import,
    and only it goes with weekly or monthly returns.
    """
    found = {"days": relation(days)}
    if days != "days":
        found["pieces"] = relation("pieces_daily")
    if _frequency(intent) != "daily":
        if days != "days":
            raise UnplannableIntent("Weekly and monthly returns go with single stocks only.")
        found["returns"] = relation("returns_coarse")
    return found


def check_parameters(intent: Intent, metrics: tuple[str, ...]) -> None:
    """Raises `UnplannableIntent` for a parameter that would change none of the figures."""
    for name, (default, users) in USERS.items():
        value = intent.param(name, default)
        if value != default and not any(part_of(m) in users or m in users for m in metrics):
            told = f"{name.replace('_', ' ')} {value}"
            raise UnplannableIntent(f"None of these figures can take account of: {told}.")


def check_benchmark(intent: Intent, metrics: tuple[str, ...], facts: MarketFacts) -> None:
    """Raises `UnplannableIntent` where a figure needs a benchmark that has no prices."""
    needed = any(name in METRICS and METRICS[name].needs_benchmark for name in metrics)
    if needed and facts.company(intent.benchmark) is None:
        raise UnplannableIntent(f"There are no prices of {intent.benchmark}.")


def period_table(intent: Intent, default: str, allowed: tuple[str, ...]) -> tuple[str, str]:
    """The period that was asked for, and the table that has its returns."""
    period = str(intent.param("period", default))
    if period not in allowed:
        raise UnplannableIntent(f"The period is one of {', '.join(allowed)}, not {period}.")
    return period, PERIOD_TABLES[period]
