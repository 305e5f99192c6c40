"""Plans that compute figures of a window: rankings, single values, comparisons and screens."""

from __future__ import annotations

from typing import Any

from analysis import composition, script_files
from analysis.errors import UnplannableIntent
from analysis.intent import Column, Intent
from analysis.market_facts import MarketFacts
from analysis.planning import scope
from analysis.planning.conditions import condition_parameters, condition_sql
from analysis.planning.plan import NAME, RANK, TICKER, Plan, metric_columns

PERIODS_PER_YEAR = {"daily": 252.0, "weekly": 52.0, "monthly": 12.0}
TABLES = {"daily": "prices", "weekly": "weeks", "monthly": "months"}
FORMULAS = {"simple": "simple_return", "log": "ln(adj_close / previous_close)"}
ORDERS = {"asc": "ASC", "desc": "DESC"}


def rank(intent: Intent, facts: MarketFacts) -> Plan:
    return _ranked("rank", (RANK, TICKER, NAME), intent, facts)


def screen(intent: Intent, facts: MarketFacts) -> Plan:
    if not intent.conditions:
        raise UnplannableIntent("A screen needs at least one condition.")
    return _ranked("screen", (TICKER, NAME), intent, facts)


def by_ticker(intent: Intent, facts: MarketFacts) -> Plan:
    scope.check_tickers(intent, facts)
    return _figures("figures_by_ticker", (TICKER, NAME), intent, facts)


def _ranked(script: str, leading: tuple[Column, ...], intent: Intent, facts: MarketFacts) -> Plan:
    return _figures(script, leading, intent, facts, covered=True)


def _figures(
    script: str,
    leading: tuple[Column, ...],
    intent: Intent,
    facts: MarketFacts,
    *,
    covered: bool = False,
) -> Plan:
    metrics = wanted_metrics(intent)
    relation, needs = composition.figures(metrics)
    fill = {
        **source_fill(intent),
        "metric": metrics[0],
        "metrics": ", ".join(metrics),
        "order": ORDERS[intent.order],
        "conditions": condition_sql(intent.conditions),
    }
    main = script_files.load(f"shapes/{script}")
    sql = composition.compose(
        main.body,
        main.needs,
        relations={**scope.members(intent, covered=covered), "figures": (relation, needs)},
        fill=fill,
    )
    return Plan(
        script=script,
        params=figure_parameters(intent, facts),
        intent=intent,
        sql=sql,
        columns=leading + metric_columns(metrics),
        coverage=scope.coverage(intent) if covered else None,
    )


def wanted_metrics(intent: Intent) -> tuple[str, ...]:
    """What was asked for and what the conditions compare, each once."""
    names = (*intent.metrics, *(condition.metric for condition in intent.conditions))
    if not names:
        raise UnplannableIntent("No metric was named.")
    return tuple(dict.fromkeys(names))


def source_fill(intent: Intent) -> dict[str, str]:
    """Which table and formula the returns come from."""
    frequency = intent.param("frequency", "daily")
    formula = intent.param("returns", "simple")
    if frequency not in TABLES or formula not in FORMULAS:
        raise UnplannableIntent("Returns are simple or log, and daily, weekly or monthly.")
    return {"table": TABLES[frequency], "formula": FORMULAS[formula]}


def figure_parameters(intent: Intent, facts: MarketFacts) -> dict[str, Any]:
    confidence = float(intent.param("confidence", 0.95))
    if not 0.5 <= confidence < 1:
        raise UnplannableIntent("The confidence lies between 50 % and 100 %.")
    return {
        **scope.window_parameters(intent, facts),
        **scope.scope_parameters(intent),
        **condition_parameters(intent.conditions),
        "limit": max(1, int(intent.limit)),
        "periods": PERIODS_PER_YEAR[intent.param("frequency", "daily")],
        "risk_free": float(intent.param("risk_free", 0.0)),
        "tail": 1 - confidence,
        "benchmark": intent.param("benchmark", scope.DEFAULT_BENCHMARK),
    }
