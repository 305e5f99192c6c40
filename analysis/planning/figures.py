"""Plans that compute figures of a window: rankings, single values, comparisons and screens."""

from __future__ import annotations

import dataclasses

from analysis import composition
from analysis.errors import UnplannableIntent
from analysis.intent import Column, Intent
from analysis.market_facts import MarketFacts
from analysis.planning import returns, scope, sources
from analysis.planning.conditions import condition_parameters, condition_sql
from analysis.planning.plan import NAME, RANK, TICKER, Plan, metric_columns

ORDERS = {"asc": "ASC", "desc": "DESC"}
MOST_ROWS = 1000
HIGHS = ("high_52w", "low_52w", "all_time_high")  # their level and day are worth showing


def rank(intent: Intent, facts: MarketFacts) -> Plan:
    return _plan("rank", (RANK, TICKER, NAME), intent, facts, scope.COVERED)


def screen(intent: Intent, facts: MarketFacts) -> Plan:
    """All stocks that pass; a screen is not cut to the ten that a ranking shows."""
    if not intent.conditions:
        raise UnplannableIntent("A screen needs at least one condition.")
    whole = dataclasses.replace(intent, limit=MOST_ROWS)
    plan = _plan("screen", (TICKER, NAME), whole, facts, scope.COVERED)
    return dataclasses.replace(plan, intent=intent)


def by_ticker(intent: Intent, facts: MarketFacts) -> Plan:
    if not (intent.tickers or intent.sector or intent.industry):
        raise UnplannableIntent("No stock was named.")
    scope.check_few(intent, facts)
    highs = tuple(name for name in HIGHS if name in intent.metrics)
    return _plan("figures_by_ticker", (TICKER, NAME), intent, facts, None, highs)


def _plan(
    script: str,
    leading: tuple[Column, ...],
    intent: Intent,
    facts: MarketFacts,
    coverage: str | None,
    highs: tuple[str, ...] = (),
) -> Plan:
    """`highs` are metrics whose own price and date stand in further columns."""
    metrics = returns.shown(wanted_metrics(intent), intent, facts)
    conditions = returns.compared(intent, facts)
    scope.companies(intent, facts)
    sources.check_benchmark(intent, metrics, facts)
    sources.check_parameters(intent, metrics)
    wanted = (*metrics, *(f"{name}_{what}" for name in highs for what in ("price", "date")))
    sql = composition.statement(
        script,
        {
            **scope.members(intent, coverage),
            **sources.relations(intent),
            "figures": composition.figures(wanted),
        },
        {
            **sources.fill(intent),
            "metric": returns.leading(metrics, intent, facts),
            "metrics": ", ".join(wanted),
            "order": ORDERS[intent.order],
            "conditions": condition_sql(conditions),
        },
    )
    return Plan(
        script=script,
        params={
            **sources.parameters(intent, facts),
            **condition_parameters(conditions),
            "limit": min(max(1, int(intent.limit)), MOST_ROWS),
        },
        intent=intent,
        sql=sql,
        columns=leading + metric_columns(metrics) + _high_columns(highs),
        coverage=scope.coverage_query(intent, coverage),
    )


def _high_columns(highs: tuple[str, ...]) -> tuple[Column, ...]:
    kinds = (("price", "number", "money"), ("date", "date", "date"))
    return tuple(Column(f"{name}_{what}", kind, fmt) for name in highs for what, kind, fmt in kinds)


def wanted_metrics(intent: Intent) -> tuple[str, ...]:
    """What was asked for and what the conditions compare, each once."""
    names = (*intent.metrics, *(condition.metric for condition in intent.conditions))
    if not names:
        raise UnplannableIntent("No metric was named.")
    return tuple(dict.fromkeys(names))
