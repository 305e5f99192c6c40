"""Plans for sectors and other groups: the mean or median of the members, or a portfolio."""

from __future__ import annotations

import dataclasses

from analysis import composition
from analysis.errors import UnplannableIntent
from analysis.intent import Intent
from analysis.market_facts import MarketFacts
from analysis.planning import scope, sources
from analysis.planning.figures import Layout, figure_plan, group_by, wanted_metrics
from analysis.planning.plan import Plan, integers
from analysis.result import Column

SUMMARIES = {"mean": "avg", "median": "median"}
# Those that an equal-weight portfolio has as a stock has them; the rest only exist for stocks.
PORTFOLIO_PARTS = ("spread", "tail", "holding", "drawdown", "reward", "relative")


def aggregate(intent: Intent, facts: MarketFacts) -> Plan:
    """One row for a group, or with `group_by` one for each sector or industry."""
    if scope.yardsticks(intent):
        raise UnplannableIntent("A stock's own figure is no bound for groups.")
    how = str(intent.param("aggregation", "mean"))
    if how in SUMMARIES:
        layout = Layout("aggregate_members", coverage=scope.COVERED, summary=SUMMARIES[how])
    elif how in sources.PORTFOLIOS:
        check_portfolio(wanted_metrics(intent))
        days = sources.PORTFOLIOS[how]
        layout = Layout("aggregate_portfolio", coverage=scope.WHOLE, days=days)
    else:
        raise UnplannableIntent("A group is a mean, a median, a portfolio or a rebalanced one.")
    return figure_plan(_grouped(layout, intent, facts), intent, facts)


def _grouped(layout: Layout, intent: Intent, facts: MarketFacts) -> Layout:
    """With the words and columns that scripts of groups have in common."""
    label = label_column(intent, facts)
    return dataclasses.replace(
        layout,
        leading=(Column(label, "string", "text"), *integers("members")),
        fill=(("group", group_expression(intent)), ("label", label)),
        params=(("group", group_name(intent)),),
    )


def check_portfolio(metrics: tuple[str, ...]) -> None:
    """Raises `UnplannableIntent` for a figure that a portfolio does not have."""
    for name in metrics:
        if composition.part_of(name) not in PORTFOLIO_PARTS:
            raise UnplannableIntent(f"{name} is computed for single stocks, not for a portfolio.")


def label_column(intent: Intent, facts: MarketFacts) -> str:
    """The first column: sector, or industry where the question is about industries."""
    return group_by(intent, facts) or ("industry" if intent.industry else "sector")


def group_expression(intent: Intent) -> str:
    """What members are grouped by: a column of companies, or one name for all of them."""
    return str(intent.param("group_by") or "$group")


def group_name(intent: Intent) -> str:
    """Its tickers, its industry or its sector; all stocks where none is named."""
    if intent.tickers:
        return ", ".join(intent.tickers)
    return intent.industry or intent.sector or "All stocks"
