"""Plans for sectors and other groups: the mean of the members' figures, or a portfolio's."""

from __future__ import annotations

from analysis import composition
from analysis.errors import UnplannableIntent
from analysis.intent import Column, Intent
from analysis.market_facts import MarketFacts
from analysis.planning import returns, scope, sources
from analysis.planning.conditions import condition_parameters, condition_sql
from analysis.planning.figures import MOST_ROWS, ORDERS, wanted_metrics
from analysis.planning.plan import Plan, metric_columns

# Those that an equal-weight portfolio has as a stock has them; the rest only exist for stocks.
PORTFOLIO_PARTS = ("spread", "tail", "holding", "drawdown", "reward", "relative")


def aggregate(intent: Intent, facts: MarketFacts) -> Plan:
    how = str(intent.param("aggregation", "mean"))
    metrics = wanted_metrics(intent)
    scope.companies(intent, facts)
    sources.check_benchmark(intent, metrics, facts)
    sources.check_parameters(intent, metrics)
    if how == "mean":
        return _plan("aggregate_mean", intent, facts, metrics, "days", scope.COVERED)
    if how not in sources.PORTFOLIOS:
        raise UnplannableIntent("A group is a mean, a portfolio or a rebalanced portfolio.")
    check_portfolio(metrics)
    days = sources.PORTFOLIOS[how]
    return _plan("aggregate_portfolio", intent, facts, metrics, days, scope.WHOLE)


def check_portfolio(metrics: tuple[str, ...]) -> None:
    """Raises `UnplannableIntent` for a figure that a portfolio does not have."""
    for name in metrics:
        if composition.part_of(name) not in PORTFOLIO_PARTS:
            raise UnplannableIntent(f"{name} is computed for single stocks, not for a portfolio.")


def _plan(
    script: str,
    intent: Intent,
    facts: MarketFacts,
    metrics: tuple[str, ...],
    days: str,
    coverage: str,
) -> Plan:
    label = label_column(intent)
    leads = returns.leading(metrics, intent, facts)
    metrics = returns.shown(metrics, intent, facts)
    conditions = returns.compared(intent, facts)
    sql = composition.statement(
        script,
        {
            **scope.members(intent, coverage),
            **sources.relations(intent, days),
            "figures": composition.figures(metrics),
        },
        {
            **sources.fill(intent),
            "group": group_expression(intent),
            "label": label,
            "metric": leads,
            "metrics": ", ".join(metrics),
            "means": ", ".join(f"avg({name}) AS {name}" for name in metrics),
            "order": ORDERS[intent.order],
            "conditions": condition_sql(conditions),
        },
    )
    leading = (Column(label, "string", "text"), Column("members", "integer", "integer"))
    return Plan(
        script=script,
        params={
            **sources.parameters(intent, facts),
            **condition_parameters(conditions),
            "limit": min(max(1, int(intent.limit)), MOST_ROWS),
            "group": group_name(intent),
        },
        intent=intent,
        sql=sql,
        columns=leading + metric_columns(metrics),
        coverage=scope.coverage_query(intent, coverage),
    )


def label_column(intent: Intent) -> str:
    """The first column: sector, or industry where the question is about industries."""
    wanted = intent.param("group_by")
    if wanted not in (None, "sector", "industry"):
        raise UnplannableIntent("Groups are sectors or industries.")
    return wanted or ("industry" if intent.industry else "sector")


def group_expression(intent: Intent) -> str:
    """What members are grouped by: a column of companies, or one name for all of them."""
    return str(intent.param("group_by") or "$group")


def group_name(intent: Intent) -> str:
    if intent.tickers:
        return ", ".join(intent.tickers)
    return intent.industry or intent.sector or "All stocks"
