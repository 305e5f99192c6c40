"""Plans that compute figures of a window: rankings, single values, comparisons and screens."""

from __future__ import annotations

import dataclasses
from typing import Any

from analysis import composition
from analysis.errors import UnplannableIntent
from analysis.intent import Intent
from analysis.market_facts import MarketFacts
from analysis.planning import returns, scope, sources
from analysis.planning.conditions import condition_parameters, condition_sql
from analysis.planning.plan import NAME, RANK, TICKER, Plan, metric_columns
from analysis.planning.rows import MOST_ROWS, ORDERS, row_parameters
from analysis.result import Column

HIGHS = ("high_52w", "low_52w", "all_time_high")  # their level and day are worth showing


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """What sets one script of figures apart from another.

    `days` is the script of `sources/` whose days are read; `highs` are metrics whose own price and
    date stand in further columns; `fill` and `params` are what only this script reads.
    """

    script: str
    leading: tuple[Column, ...] = (TICKER, NAME)
    coverage: str | None = scope.COVERED
    days: str = "days"
    highs: tuple[str, ...] = ()
    summary: str = "any_value"
    fill: tuple[tuple[str, str], ...] = ()
    params: tuple[tuple[str, Any], ...] = ()


def rank(intent: Intent, facts: MarketFacts) -> Plan:
    """The first of all, or with `group_by` the first of each sector or industry."""
    group = group_by(intent, facts)
    if group is None:
        return figure_plan(Layout("rank", (RANK, TICKER, NAME)), intent, facts)
    leading = (RANK, Column(group, "string", "text"), TICKER, NAME)
    return figure_plan(Layout("rank_each", leading, fill=(("label", group),)), intent, facts)


def group_by(intent: Intent, facts: MarketFacts) -> str | None:
    """Raises `UnplannableIntent` for anything but a sector or an industry, and where the data
    names none."""
    wanted = intent.param("group_by")
    if wanted not in (None, "sector", "industry"):
        raise UnplannableIntent("Groups are sectors or industries.")
    if wanted and not any(getattr(company, wanted) for company in facts.stocks()):
        raise UnplannableIntent(f"The data does not say to which {wanted} a stock belongs.")
    return wanted


def screen(intent: Intent, facts: MarketFacts) -> Plan:
    """All stocks that pass; a screen is not cut to the ten that a ranking shows."""
    if not intent.conditions:
        raise UnplannableIntent("A screen needs at least one condition.")
    whole = dataclasses.replace(intent, limit=MOST_ROWS)
    return dataclasses.replace(figure_plan(Layout("screen"), whole, facts), intent=intent)


def by_ticker(intent: Intent, facts: MarketFacts) -> Plan:
    """The figures of the stocks named, or of all in a sector or an industry: one row each."""
    if not (intent.tickers or intent.sector or intent.industry):
        raise UnplannableIntent("No stock was named.")
    scope.check_few(intent, facts)
    highs = tuple(name for name in HIGHS if name in intent.metrics)
    return figure_plan(Layout("figures_by_ticker", coverage=None, highs=highs), intent, facts)


def figure_plan(layout: Layout, intent: Intent, facts: MarketFacts) -> Plan:
    """One statement over the scripts that compute the wanted figures."""
    asked = wanted_metrics(intent)
    scope.companies(intent, facts)
    sources.check_benchmark(intent, asked, facts)
    sources.check_parameters(intent, asked)
    metrics = returns.shown(asked, intent, facts)
    return Plan(
        script=layout.script,
        params={
            **sources.parameters(intent, facts),
            **condition_parameters(intent.conditions),
            **row_parameters(intent),
            **dict(layout.params),
        },
        intent=intent,
        sql=_statement(layout, intent, facts, metrics),
        columns=layout.leading + metric_columns(metrics) + _high_columns(layout.highs),
        coverage=scope.coverage_query(intent, layout.coverage),
    )


def _statement(layout: Layout, intent: Intent, facts: MarketFacts, metrics: tuple[str, ...]) -> str:
    names = (*metrics, *(column.name for column in _high_columns(layout.highs)))
    relations = {
        **scope.members(intent, layout.coverage),
        **sources.relations(intent, layout.days),
        "figures": composition.figures(names),
    }
    fill = {
        **sources.fill(intent),
        "metric": returns.leading(metrics, intent, facts),
        "metrics": ", ".join(names),
        "summaries": ", ".join(f"{layout.summary}({name}) AS {name}" for name in metrics),
        "order": ORDERS[intent.order],
        "conditions": condition_sql(returns.compared(intent, facts), joint=joint(intent)),
        **dict(layout.fill),
    }
    return composition.statement(layout.script, relations, fill)


def joint(intent: Intent) -> str:
    """How the conditions go together: all of them, or any one.

    A yardstick is computed beside the scope, so that any other condition would let it in.
    """
    if not intent.param("any"):
        return "AND"
    if scope.yardsticks(intent):
        raise UnplannableIntent("A stock's own figure is no bound where one condition is enough.")
    return "OR"


def _high_columns(highs: tuple[str, ...]) -> tuple[Column, ...]:
    kinds = (("price", "number", "money"), ("date", "date", "date"))
    return tuple(Column(f"{name}_{what}", kind, fmt) for name in highs for what, kind, fmt in kinds)


def wanted_metrics(intent: Intent) -> tuple[str, ...]:
    """What was asked for and what the conditions compare, each once."""
    names = (*intent.metrics, *(condition.metric for condition in intent.conditions))
    if not names:
        raise UnplannableIntent("No metric was named.")
    return tuple(dict.fromkeys(names))
