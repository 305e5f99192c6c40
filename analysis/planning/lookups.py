"""Plans that look something up: a price, what an investment became, lists, explanations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analysis import composition
from analysis.errors import UnplannableIntent
from analysis.intent import Intent
from analysis.market_facts import MarketFacts
from analysis.metrics import METRICS
from analysis.planning import groups, scope, sources
from analysis.planning.plan import DATE, NAME, TICKER, Plan, metric_columns
from analysis.planning.rows import MOST_ROWS
from analysis.result import Column

LISTS = {
    "tickers": (TICKER, NAME, "sector", "industry", "first_date", "last_date"),
    "sectors": ("sector", "members", "tickers"),
    "industries": ("industry", "members", "tickers"),
    "dates": ("first_date", "last_date", "trading_days"),
}
TYPES = {"first_date": "date", "last_date": "date", "members": "integer", "trading_days": "integer"}


def price(intent: Intent, facts: MarketFacts) -> Plan:
    """The last close at or before a day."""
    if not intent.tickers:
        raise UnplannableIntent("No stock was named.")
    scope.companies(intent, facts)
    date = _date(intent, facts)
    sql = composition.statement("price", scope.members(intent), {})
    params = {**scope.parameters(intent), "date": date}
    return Plan("price", params, intent, sql, (TICKER, NAME, DATE, *metric_columns(("price",))))


def _date(intent: Intent, facts: MarketFacts) -> dt.date:
    """The day that was asked for. Raises `UnplannableIntent` outside the data."""
    text = intent.param("date")
    try:
        date = dt.date.fromisoformat(str(text)) if text else intent.window.end
    except ValueError:
        raise UnplannableIntent(f"{text} is not a date.") from None
    first = max(facts.first_dates[ticker] for ticker in intent.tickers)
    if not first <= date <= facts.last_date:
        raise UnplannableIntent(f"Prices run from {first} to {facts.last_date}, not to {date}.")
    return date


def whatif(intent: Intent, facts: MarketFacts) -> Plan:
    """Each ticker on its own; a scope, or where it is asked for, one equal-weight portfolio."""
    scope.companies(intent, facts)
    amount = float(intent.param("amount", 10_000))
    if not 0 < amount <= 1e12:
        raise UnplannableIntent("The amount is more than nothing and at most a trillion dollars.")
    how = str(intent.param("aggregation") or ("mean" if intent.tickers else "portfolio"))
    mode = str(intent.param("mode", "lump"))
    if mode not in ("lump", "monthly"):
        raise UnplannableIntent("Money is invested once (lump) or monthly.")
    if mode == "monthly" and how == "rebalanced":
        raise UnplannableIntent("A monthly saving is not rebalanced.")
    return _whatif(intent, facts, how, mode, amount)


def _whatif(intent: Intent, facts: MarketFacts, how: str, mode: str, amount: float) -> Plan:
    sources.check_parameters(intent, ())
    days = sources.PORTFOLIOS.get(how, "days")
    grouped = days != "days"
    coverage = scope.WHOLE if grouped else None
    fill = {
        **sources.fill(intent),
        "entity": "NULL" if grouped else "companies.ticker",
        "label": "$group" if grouped else "companies.name",
        "group": "$group" if grouped else "ticker",
    }
    relations = {**scope.members(intent, coverage), **sources.relations(intent, days)}
    sql = composition.statement(f"whatif_{mode}", relations, fill)
    columns = (
        TICKER,
        NAME,
        Column("invested", "number", "money"),
        Column("value", "number", "money"),
        *metric_columns(("total_return",)),
    )
    extra = {"amount": amount, "group": _portfolio_name(intent), "limit": MOST_ROWS}
    params = {**sources.parameters(intent, facts), **extra}
    query = scope.coverage_query(intent, coverage)
    return Plan(f"whatif_{mode}", params, intent, sql, columns, coverage=query)


def _portfolio_name(intent: Intent) -> str:
    if intent.tickers:
        return f"Equal-weight portfolio of {', '.join(intent.tickers)}"
    return f"Equal-weight portfolio: {groups.group_name(intent)}"


def listing(intent: Intent, facts: MarketFacts) -> Plan:
    """Tickers, groups and dates come from the data; metrics and episodes need no query."""
    of = str(intent.param("of", "tickers"))
    if of == "metrics":
        return _metrics(intent)
    if of not in LISTS:
        return Plan("explain", {}, intent)
    script = {"tickers": "list_tickers", "dates": "list_dates"}.get(of, "list_groups")
    label = {"sectors": "sector", "industries": "industry"}.get(of, "")
    everyone = "true" if not _narrowed(intent) and of == "tickers" else scope.conditions(intent)
    sql = composition.statement(script, {}, {"scope": everyone, "label": label})
    return Plan(script, scope.parameters(intent), intent, sql, _list_columns(of))


def _narrowed(intent: Intent) -> bool:
    return bool(intent.tickers or intent.sector or intent.industry or intent.exclude)


def _list_columns(of: str) -> tuple[Column, ...]:
    return tuple(
        item if isinstance(item, Column) else Column(item, *_type(item)) for item in LISTS[of]
    )


def _type(name: str) -> tuple[str, str]:
    kind = TYPES.get(name, "string")
    return kind, "text" if kind == "string" else kind


def _metrics(intent: Intent) -> Plan:
    rows: tuple[tuple[Any, ...], ...] = tuple(
        (metric.name, metric.label, metric.definition) for metric in METRICS.values()
    )
    columns = tuple(Column(name, "string", "text") for name in ("metric", "name", "definition"))
    return Plan("list_metrics", {}, intent, columns=columns, rows=rows)


def explain(intent: Intent, facts: MarketFacts) -> Plan:
    """Explanations are words; there is nothing to compute."""
    return Plan("explain", {}, intent)
