"""Who takes part and when: the members and the window of a plan, as SQL and parameters."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analysis import script_files
from analysis.errors import UnplannableIntent
from analysis.intent import Intent
from analysis.market_facts import MarketFacts

DEFAULT_BENCHMARK = "SP500"
COVERED = (
    "least(last_day, (SELECT last_day FROM span)) - "
    "greatest(first_day, (SELECT first_day FROM span)) + 1\n"
    "      >= 0.8 * (SELECT last_day - first_day + 1 FROM span)"
)

Relation = tuple[str, tuple[str, ...]]


def window_parameters(intent: Intent, facts: MarketFacts) -> dict[str, Any]:
    """`start` and `end` inside the data; a whole history starts the day before the data."""
    start = intent.window.start or facts.first_date - dt.timedelta(days=1)
    end = min(intent.window.end, facts.last_date)
    if start >= end:
        raise UnplannableIntent(
            f"The window from {start} to {end} holds no trading day; the data runs from "
            f"{facts.first_date} to {facts.last_date}."
        )
    return {"start": start, "end": end}


def scope_parameters(intent: Intent) -> dict[str, Any]:
    return {
        "tickers": list(intent.tickers),
        "exclude": list(intent.exclude),
        "sector": intent.sector,
        "industry": intent.industry,
    }


def check_tickers(intent: Intent, facts: MarketFacts, least: int = 1, most: int = 50) -> None:
    """Raises `UnplannableIntent` for unknown tickers, too few or too many."""
    known = {company.ticker for company in facts.companies}
    unknown = [ticker for ticker in intent.tickers if ticker not in known]
    if unknown:
        raise UnplannableIntent(f"There are no prices of {', '.join(unknown)}.")
    if not least <= len(intent.tickers) <= most:
        raise UnplannableIntent(f"This needs {least} to {most} tickers.")


def members(intent: Intent, *, covered: bool) -> dict[str, Relation]:
    """The relation `members`: the tickers that were named, or the stocks of a scope.

    `covered`: only those with prices on 80 % of the window's trading days.
    """
    conditions = scope_conditions(intent)
    needs: tuple[str, ...] = ()
    if covered:
        conditions, needs = [*conditions, COVERED], ("span",)
    return {"members": (_members(conditions), needs)}


def scope_conditions(intent: Intent) -> list[str]:
    """Fixed words with parameters; the index takes part only when it is named or asked for."""
    conditions = []
    if intent.tickers:
        with_index = intent.param("with_index") and intent.shape in ("matrix", "pairs", "trend")
        named = "ticker = ANY($tickers)"
        conditions.append(f"({named} OR kind = 'index')" if with_index else named)
    elif not intent.param("with_index"):
        conditions.append("kind = 'stock'")
    for name in ("sector", "industry"):
        if getattr(intent, name):
            conditions.append(f"{name} = ${name}")
    if intent.exclude:
        conditions.append("NOT ticker = ANY($exclude)")
    return conditions or ["true"]


def coverage(intent: Intent) -> str:
    """Who is in the scope, and whether the window is covered well enough to take part."""
    span = script_files.load("sources/span").body
    condition = " AND ".join(scope_conditions(intent))
    return (
        f"WITH span AS ({span})\nSELECT ticker, {COVERED} AS covered\n"
        f"FROM companies WHERE {condition} ORDER BY ticker"
    )


def _members(conditions: list[str]) -> str:
    body = script_files.load("sources/members").body
    return body.replace("{scope}", "\n  AND ".join(conditions))
