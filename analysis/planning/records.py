"""Plans for moments: counts, best and worst periods, streaks, drawdowns with their dates."""

from __future__ import annotations

import dataclasses
from typing import Any

from analysis import composition
from analysis.errors import UnplannableIntent
from analysis.intent import UNNAMED, Intent
from analysis.market_facts import MarketFacts
from analysis.planning import figures, scope, sources
from analysis.planning.conditions import condition_parameters, condition_sql
from analysis.planning.plan import DATE, NAME, TICKER, Plan, dates, integers, metric_columns
from analysis.planning.rows import ORDERS, row_parameters
from analysis.result import Column

PERIODS = ("day", "week", "month", "quarter", "year")
SIGNS = {"up": 1, "down": -1}
DEEPEST_FALLS = {
    "which": "depth < 0",
    "low": "min(adj_close)",
    "trough": "arg_min(date, (adj_close, date))",
}
# The fall that a ticker is in at the window's end, measured to the last close.
CURRENT_FALL = {
    "which": "last = (SELECT max(date) FROM days)",
    "low": "arg_max(adj_close, date)",
    "trough": "max(date)",
}


def count(intent: Intent, facts: MarketFacts) -> Plan:
    """Periods that met the conditions; of stocks where the conditions are on their figures."""
    if not intent.conditions:
        raise UnplannableIntent("A count needs a condition.")
    metric = intent.conditions[0].metric
    if metric == "price" and intent.tickers:
        return _count(intent, facts, "prices", "adj_close")
    if not metric.endswith("_return") or metric == "total_return":
        return figures.screen(intent, facts)
    period = metric.removesuffix("_return")
    _, table = sources.period_table(intent.with_params(period=period), period, PERIODS)
    return _count(intent, facts, table, "simple_return")


def _count(intent: Intent, facts: MarketFacts, table: str, column: str) -> Plan:
    fill = {
        "table": table,
        "conditions": condition_sql(intent.conditions, column),
        "order": ORDERS[intent.order],
    }
    columns = (*integers("count", "periods"), Column("share", "number", "percent"))
    return _plan("count", intent, facts, columns, fill)


def extremes(intent: Intent, facts: MarketFacts) -> Plan:
    """The best or worst days, weeks, months, quarters or years."""
    period, table = sources.period_table(intent, "day", PERIODS)
    metric = f"{period}_return"
    fill = {
        "table": table,
        "metric": metric,
        "order": ORDERS[intent.order],
        "conditions": condition_sql(intent.conditions, "simple_return"),
    }
    return _plan("extremes", intent, facts, (DATE, *metric_columns((metric,))), fill)


def streaks(intent: Intent, facts: MarketFacts) -> Plan:
    """The longest runs of days up, or down."""
    direction = str(intent.param("direction", "up"))
    if direction not in SIGNS:
        raise UnplannableIntent("A streak goes up or down.")
    columns = (*dates("start", "end"), *integers("days"), *metric_columns(("total_return",)))
    return _plan("streaks", intent, facts, columns, {}, {"sign": SIGNS[direction]})


def drawdowns(intent: Intent, facts: MarketFacts) -> Plan:
    """The deepest falls; with `current`, the one that each ticker is in at the end."""
    scope.check_few(intent, facts)
    current = bool(intent.param("current"))
    if current and intent.window.rule in UNNAMED:
        all_of_it = dataclasses.replace(intent.window, start=None)
        intent = dataclasses.replace(intent, window=all_of_it)
    metric = "current_drawdown" if current else "max_drawdown"
    columns = (
        *metric_columns((metric,)),
        *dates("peak", "trough", "recovery"),
        *integers("days"),
    )
    # Several tickers that are named each show their own falls; a scope shows the deepest of all.
    each = max(1, int(intent.limit))
    rows = each * max(len(intent.tickers), 1)
    whole = dataclasses.replace(intent, limit=rows)
    fill = {"metric": metric, **(CURRENT_FALL if current else DEEPEST_FALLS)}
    plan = _plan("drawdowns", whole, facts, columns, fill, {"each": each})
    return dataclasses.replace(plan, intent=intent)


def _plan(
    script: str,
    intent: Intent,
    facts: MarketFacts,
    columns: tuple[Column, ...],
    fill: dict[str, str],
    extra: dict[str, Any] | None = None,
) -> Plan:
    """Records of tickers: each row begins with whose it is."""
    scope.companies(intent, facts)
    sources.check_parameters(intent, ())
    relations = {**scope.members(intent), **sources.relations(intent)}
    params = {
        **sources.parameters(intent, facts),
        **condition_parameters(intent.conditions),
        **row_parameters(intent),
        **(extra or {}),
    }
    sql = composition.statement(script, relations, fill)
    return Plan(script, params, intent, sql, (TICKER, NAME, *columns))
