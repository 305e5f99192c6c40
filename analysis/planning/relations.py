"""Plans for how tickers move together: pairs and matrices of correlations."""

from __future__ import annotations

import dataclasses
from typing import Any

from analysis import composition
from analysis.errors import UnplannableIntent
from analysis.intent import Intent
from analysis.market_facts import MarketFacts
from analysis.planning import scope, sources
from analysis.planning.plan import Plan
from analysis.planning.rows import ORDERS, row_parameters
from analysis.result import Column

MOST_COMPANIES = 200  # 19,900 pairs
COLUMNS = (
    Column("ticker_a", "string", "text"),
    Column("ticker_b", "string", "text"),
    Column("correlation", "number", "ratio"),
)


def pairs(intent: Intent, facts: MarketFacts) -> Plan:
    """One ticker alone is paired with all the others; otherwise everybody with everybody."""
    scope.companies(intent, facts)
    anchor = intent.tickers[0] if len(intent.tickers) == 1 else None
    members = scope.members(_open(intent, facts), _coverage(intent))
    pairing = "a.ticker < b.ticker"
    if anchor and not intent.param("with_index"):
        pairing = "a.ticker = $anchor AND b.ticker <> a.ticker"
    elif anchor:
        members = scope.members(intent)
    fill = {**sources.fill(intent), "order": ORDERS[intent.order], "pairing": pairing}
    return _plan("pairs", intent, facts, members, fill, {"anchor": anchor})


def _open(intent: Intent, facts: MarketFacts) -> Intent:
    """The scope that a single ticker is compared with: every stock, and itself."""
    if len(intent.tickers) != 1:
        _check_size(len(scope.companies(intent, facts)))
        return intent
    _check_size(len(facts.stocks()))
    # An index that is the anchor takes part as the benchmark does.
    with_anchor = intent.with_params(with_index=True, benchmark=intent.tickers[0])
    return dataclasses.replace(with_anchor, tickers=())


def _check_size(count: int) -> None:
    if count < 2:
        raise UnplannableIntent("Correlations need at least two tickers.")
    if count > MOST_COMPANIES:
        raise UnplannableIntent(f"Correlations are computed for {MOST_COMPANIES} tickers at most.")


def _coverage(intent: Intent) -> str | None:
    return scope.COVERED if len(intent.tickers) < 2 else None


def matrix(intent: Intent, facts: MarketFacts) -> Plan:
    """The correlation of everybody with everybody: each pair in both orders."""
    found = scope.companies(intent, facts)
    if len(found) > scope.MOST_LINES:
        raise UnplannableIntent(f"A matrix has at most {scope.MOST_LINES} tickers.")
    _check_size(len(found))
    members = scope.members(intent, None if intent.tickers else scope.COVERED)
    return _plan("matrix", intent, facts, members, sources.fill(intent), {})


def _plan(
    script: str,
    intent: Intent,
    facts: MarketFacts,
    members: dict[str, composition.Relation],
    fill: dict[str, str],
    extra: dict[str, Any],
) -> Plan:
    sources.check_parameters(intent, ("correlation",))
    sql = composition.statement(script, {**members, **sources.relations(intent)}, fill)
    params = {**sources.parameters(intent, facts), **row_parameters(intent), **extra}
    if extra.get("anchor") and not intent.param("with_index"):
        params["benchmark"] = extra["anchor"]
    return Plan(script, params, intent, sql, COLUMNS)
