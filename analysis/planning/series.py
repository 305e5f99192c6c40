"""Plans for lines over time: trends, indicators, calendar returns, seasons, crossings."""

from __future__ import annotations

from typing import Any

from analysis import composition
from analysis.errors import UnplannableIntent
from analysis.intent import Intent
from analysis.market_facts import MarketFacts
from analysis.metrics import is_indicator
from analysis.planning import groups, scope, sources
from analysis.planning.plan import DATE, PERIOD, TICKER, Plan, integers, metric_columns
from analysis.result import Column

DAILY_LINES = ("price", "growth", "total_return", "day_return", "max_drawdown", "current_drawdown")
SAMPLED = ("price", "growth")  # a step shows the last day's; of other lines it is a figure
STEPS = ("week", "month", "quarter", "year")
SAMPLING = (
    "QUALIFY row_number() OVER (PARTITION BY ticker, date_trunc('{period}', date) "
    "ORDER BY date DESC) = 1"
)
DEFAULT_ROLLING = 63  # trading days, about a quarter
LABELS = {
    "week": "strftime(first_day, '%G-W%V')",
    "month": "strftime(first_day, '%Y-%m')",
    "quarter": "year(first_day) || '-Q' || quarter(first_day)",
    "year": "strftime(first_day, '%Y')",
}
# Season: its name, its place in the year or week, and what makes a row of the table count.
SEASONS = {
    "month": ("monthname(first_day)", "month(first_day)", "NOT partial"),
    "quarter": ("'Q' || quarter(first_day)", "quarter(first_day)", "NOT partial"),
    "weekday": ("dayname(date)", "isodow(date)", "true"),
}


def trend(intent: Intent, facts: MarketFacts) -> Plan:
    """One metric over time: day by day, over a rolling window, or by week, month …"""
    if len(intent.metrics) != 1:
        raise UnplannableIntent("A trend shows one metric.")
    metric = intent.metrics[0]
    if is_indicator(metric):
        return indicator(intent, facts)
    stepped = intent.param("period", "day") != "day"
    sampled = stepped and metric in SAMPLED
    if metric in DAILY_LINES and not intent.param("rolling") and (sampled or not stepped):
        return _daily_line(intent, facts, metric)
    if composition.part_of(metric) not in groups.PORTFOLIO_PARTS:
        raise UnplannableIntent(f"{metric} is a figure of one day, not a line over time.")
    return _figure_line(intent, facts, metric, stepped)


def _daily_line(intent: Intent, facts: MarketFacts, metric: str) -> Plan:
    """Price, growth, return or drawdown of stocks, or of the portfolio that they make up."""
    days = sources.PORTFOLIOS.get(intent.param("aggregation"), "days")
    grouped = days != "days"
    if grouped:
        scope.companies(intent, facts)
    else:
        scope.check_few(intent, facts)
    coverage = scope.WHOLE if grouped else None
    sources.check_parameters(intent, ())
    period, _ = sources.period_table(intent, "day", ("day", *STEPS))
    relations = {**scope.members(intent, coverage), **sources.relations(intent, days)}
    fill = {
        **sources.fill(intent),
        "metric": metric,
        "group": groups.group_expression(intent),
        "sampled": "" if period == "day" else SAMPLING.format(period=period),
    }
    sql = composition.statement("trend_days", relations, fill)
    return _line("trend_days", intent, facts, sql, metric_columns((metric,)), coverage=coverage)


def _figure_line(intent: Intent, facts: MarketFacts, metric: str, stepped: bool) -> Plan:
    """A figure of every step or of every rolling window; of stocks, or their mean."""
    mean = intent.param("aggregation")
    if mean not in (None, "mean"):
        raise UnplannableIntent("A portfolio has no rolling or stepwise figures; its members do.")
    scope.check_few(intent, facts)
    sources.check_benchmark(intent, (metric,), facts)
    sources.check_parameters(intent, (metric,))
    relations = {
        **scope.members(intent),
        **sources.relations(intent, "days_by_step" if stepped else "days_rolling"),
        "figures": composition.figures((metric,)),
    }
    fill = {
        **sources.fill(intent),
        "period": sources.period_table(intent, "year", STEPS)[0] if stepped else "year",
        "metric": metric,
        "entity": "$group" if mean else "ticker",
        "value": f"avg({metric})" if mean else f"any_value({metric})",
    }
    sql = composition.statement("trend_figures", relations, fill)
    extra = {} if stepped else _rolling_parameters(intent)
    return _line("trend_figures", intent, facts, sql, metric_columns((metric,)), extra)


def _rolling_parameters(intent: Intent) -> dict[str, Any]:
    """A rolling window may begin before the window of the question."""
    rolling = int(intent.param("rolling", DEFAULT_ROLLING))
    if not 2 <= rolling <= 1260:
        raise UnplannableIntent("A rolling window has 2 to 1,260 trading days.")
    before = sources.BEFORE_ALL
    return {"rolling": rolling, "held_from": before, "market_from": before}


def indicator(intent: Intent, facts: MarketFacts) -> Plan:
    """The close and its indicators, day by day. RSI and the like look back before the window."""
    days = intent.param("sma_days")
    metrics = intent.metrics or ((f"sma_{int(days)}",) if days else ())
    metrics = tuple(dict.fromkeys(name for name in metrics if name != "price"))
    wrong = [name for name in metrics if not is_indicator(name)]
    if wrong or not metrics:
        raise UnplannableIntent(f"{', '.join(wrong) or 'Nothing'} is not an indicator.")
    scope.check_few(intent, facts)
    named = Intent(intent.shape, intent.window, metrics, params=intent.params)
    sql = composition.statement(
        "indicator",
        scope.members(intent),
        {**sources.fill(named), "metrics": ", ".join(metrics)},
    )
    return _line("indicator", intent, facts, sql, metric_columns(("price", *metrics)))


def calendar(intent: Intent, facts: MarketFacts) -> Plan:
    """The return of each period; the first and the last one may be only a part."""
    period, table = sources.period_table(intent, "year", ("year", "quarter", "month", "week"))
    scope.check_few(intent, facts)
    sql = composition.statement(
        "calendar", scope.members(intent), {"table": table, "label": LABELS[period]}
    )
    columns = (
        PERIOD,
        TICKER,
        *metric_columns(("total_return",)),
        Column("partial", "boolean", "text"),
    )
    return Plan("calendar", _parameters(intent, facts), intent, sql, columns, series=True)


def seasonality(intent: Intent, facts: MarketFacts) -> Plan:
    """What is typical of a month, a quarter or a weekday, over all whole ones."""
    period = str(intent.param("period", "month"))
    if period not in SEASONS:
        raise UnplannableIntent("Seasons are months, quarters or weekdays.")
    label, number, whole = SEASONS[period]
    scope.check_few(intent, facts)
    table = sources.PERIOD_TABLES.get(period, "prices")
    fill = {"table": table, "label": label, "number": number, "whole": whole}
    sql = composition.statement("seasonality", scope.members(intent), fill)
    columns = (
        PERIOD,
        TICKER,
        *(Column(name, "number", "percent") for name in ("mean", "median", "hit_rate")),
        *integers("n"),
    )
    return Plan("seasonality", _parameters(intent, facts), intent, sql, columns)


def crossings(intent: Intent, facts: MarketFacts) -> Plan:
    """The days on which one moving average, or the price itself, crosses another."""
    scope.check_few(intent, facts)
    fast, slow = int(intent.param("fast", 50)), int(intent.param("slow", 200))
    if not 0 <= fast < slow <= 999:
        raise UnplannableIntent("The fast average has fewer days than the slow one, at most 999.")
    names = ("golden", "death") if fast else ("up", "down")
    extra = {
        "fast": max(fast, 1),
        "slow": slow,
        "up": names[0],
        "down": names[1],
        "crossings": _wanted_crossings(intent, names),
    }
    sql = composition.statement("crossings", scope.members(intent), {})
    columns = (DATE, TICKER, Column("cross", "string", "text"), *metric_columns(("price",)))
    return Plan("crossings", {**_parameters(intent, facts), **extra}, intent, sql, columns)


def _wanted_crossings(intent: Intent, names: tuple[str, str]) -> list[str]:
    direction = str(intent.param("direction", "both"))
    wanted = {"both": list(names), "golden": [names[0]], "up": [names[0]]}
    wanted |= {"death": [names[1]], "down": [names[1]]}
    if direction not in wanted:
        raise UnplannableIntent("Crossings are golden, death or both.")
    return wanted[direction]


def _line(
    script: str,
    intent: Intent,
    facts: MarketFacts,
    sql: str,
    columns: tuple[Column, ...],
    extra: dict[str, Any] | None = None,
    coverage: str | None = None,
) -> Plan:
    return Plan(
        script=script,
        params={**_parameters(intent, facts), **(extra or {})},
        intent=intent,
        sql=sql,
        columns=(DATE, TICKER, *columns),
        coverage=scope.coverage_query(intent, coverage),
        series=True,
    )


def _parameters(intent: Intent, facts: MarketFacts) -> dict[str, Any]:
    return {**sources.parameters(intent, facts), "group": groups.group_name(intent)}
