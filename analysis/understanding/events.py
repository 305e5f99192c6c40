"""Shapes about things that happen: what-if, crossings, streaks, seasons, counts, extremes."""

from __future__ import annotations

import dataclasses

from analysis.intent import Condition, Intent, Window
from analysis.understanding import defaults
from analysis.understanding.building import ask, build, refuse
from analysis.understanding.conditions import MOVE
from analysis.understanding.draft import Draft
from analysis.understanding.figures import resolve_moves
from analysis.understanding.reading import Item

_STRETCHES = ("month", "year", "quarter", "range", "ytd")
PERIODS = ("day", "week", "month", "quarter", "year")
_ADJECTIVES = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
    "quarterly": "quarter",
}


def subject(draft: Draft) -> None:
    """Where nobody is named and no stocks are asked for, the index is meant; a chip says so."""
    index = draft.reading.names.index
    if draft.tickers or draft.scoped or draft.universe or index is None:
        return
    draft.tickers.append(index)
    company = draft.facts.company(index)
    stocks = [(c.ticker, c.short_name) for c in draft.facts.stocks()[:4]]
    defaults.chip(draft, "ticker", index, company.short_name if company else index, *stocks)


def whatif(draft: Draft) -> Intent | None:
    """ "What if I had invested $1,000 in Apple in 2010?": once or every month."""
    if not draft.invested:
        return None
    if not draft.tickers and not draft.scoped:
        choices = [(c.ticker, c.short_name) for c in draft.facts.companies[:3]]
        index = draft.reading.names.index
        first = [(index, "the S&P 500" if index == "SP500" else index)] if index else []
        ask(draft, "ticker", "In which stock?", tuple(first + choices))
    mode = draft.params.get("mode") or _mode(draft)
    draft.reading.take("versus")
    draft.reading.take("average", "portfolio")
    draft.params.pop("aggregation", None)
    _claim_empty(draft)
    if draft.scoped:
        from_scope = tuple(draft.tickers)
        draft.tickers = list(dict.fromkeys([*from_scope, *_members(draft)]))
        draft.expanded = True
    return build(draft, "whatif", invested_since(draft), (), amount=draft.amount, mode=mode)


def _members(draft: Draft) -> tuple[str, ...]:
    from_groups = [
        t for g in (*draft.sectors, *draft.industries) for t in draft.reading.names.members(g)
    ]
    return tuple(t for t in from_groups if t not in draft.exclude)


def _mode(draft: Draft) -> str:
    if not draft.invest_said:
        defaults.chip(draft, "mode", "lump sum", "Invested once", ("every month", "Every month"))
        return "lump"
    ask(
        draft, "mode", "Was the money invested once or every month?",
        (("lump sum", "once, at the start"), ("every month", "every month")),
    )  # fmt: skip


def _claim_empty(draft: Draft) -> None:
    """ "how much would I have made": the value is the answer, whatever the verb."""
    for item in draft.reading.items:
        if item.is_("move", "up") and not item.used:
            item.used = True


def invested_since(draft: Draft) -> Window:
    """ "in 2010" is when the money went in; it stays in to the end of the data."""
    last = draft.facts.last_date
    if draft.days and draft.window is None:
        day = draft.days[0]
        return Window(day.base, last, f"since {day.label}", "since")
    if draft.spans and draft.window is not None and len(draft.windows) == 1:
        span = draft.spans[0]
        start = (
            max(span.base, draft.facts.first_date)
            if span.base < draft.facts.first_date
            else span.base
        )
        return Window(start, last, f"since {span.label}", "since")
    return defaults.window(draft)


def crossings(draft: Draft) -> Intent | None:
    """ "golden crosses in MSFT since 2018", "when did KO cross above its 200-day average"."""
    reading = draft.reading
    kinds = [
        item.tags["shape"]
        for item in reading.items
        if item.tags.get("shape") in ("golden", "death", "cross", "cross_up", "cross_down")
        and not item.used
    ]
    if not kinds or not (draft.averaged or {"golden", "death", "cross"} & set(kinds)):
        return None
    for kind in dict.fromkeys(kinds):
        reading.take("shape", kind)
    for tag in ("when", "count", "times", "list"):
        reading.take("shape", tag)
    words = [item.text for item in reading.items]
    if words[:2] == ["what", "is"] and not draft.tickers and not draft.universe:
        refuse(draft, "unsupported", "an explanation of that")
    fast, slow = _averages(draft)
    draft.averages, draft.metrics = [], [m for m in draft.metrics if not m.startswith("sma_")]
    subject(draft)
    return build(
        draft, "crossings", defaults.window(draft), (),
        fast=fast, slow=slow, direction=_direction(kinds),
    )  # fmt: skip


def _averages(draft: Draft) -> tuple[int, int]:
    """One average: the price against it."""
    days = sorted(draft.averages)
    if len(days) >= 2:
        return days[0], days[-1]
    return (0, days[0]) if days else (50, 200)


def _direction(kinds: list[str]) -> str:
    up, down = {"golden", "cross_up"} & set(kinds), {"death", "cross_down"} & set(kinds)
    if up and not down:
        return "golden"
    return "death" if down and not up else "both"


def streaks(draft: Draft) -> Intent | None:
    """ "longest winning streak of KO", "how many days in a row did GE fall"."""
    reading = draft.reading
    kinds = {item.tags["shape"] for item in reading.items if "streak" in item.tags.get("shape", "")}
    if not kinds:
        return None
    for tag in ("up_streak", "down_streak", "streak", "count", "when", "times"):
        reading.take("shape", tag)
    direction = _streak_direction(draft, kinds)
    reading.take("unit", "day")
    reading.take("unit", "trading_day")
    reading.take("move")
    reading.take("frequency", "daily")
    subject(draft)
    records = draft.side == "high" or draft.vague in ("best", "worst")
    return build(draft, "streaks", defaults.window(draft, records=records), (), direction=direction)


def _streak_direction(draft: Draft, kinds: set[str]) -> str:
    said = draft.overrides.get("direction")
    if said:
        return "down" if "los" in said or "down" in said else "up"
    if "up_streak" in kinds or "down_streak" in kinds:
        return "up" if "up_streak" in kinds else "down"
    for item in draft.reading.items:
        if not item.used and "move" in item.tags and not item.stop:
            return "up" if item.tags["move"] == "up" else "down"
    if any(c.metric == MOVE for c in draft.conditions):
        first = draft.conditions.pop(0)
        return "up" if first.op.startswith(">") else "down"
    ask(
        draft, "direction", "Which streaks do you mean?",
        (("winning streaks", "days up in a row"), ("losing streaks", "days down in a row")),
    )  # fmt: skip


def seasonality(draft: Draft) -> Intent | None:
    """ "average December return of WMT", "seasonality of KO", "best weekday for Apple"."""
    reading = draft.reading
    months = [i for i in reading.items if i.is_("month_name") and not i.used and i.text != "may"]
    days = [i for i in reading.items if i.is_("weekday_name") and not i.used]
    quarters = [i for i in reading.items if i.is_("quarter_name") and not i.used]
    typical = (reading.has("typical") or _which_month(draft)) and any(
        (i.is_("unit") and not i.used) or i.is_("by") for i in reading.items
    )
    weekday = any(i.is_("unit", "weekday") and not i.used for i in reading.items)
    if not (
        reading.has("shape", "seasonality")
        or months
        or days
        or quarters
        or typical
        or weekday
        or _average_period(draft)
    ):
        return None
    usual = draft.average or reading.has("typical") or reading.has("shape", "seasonality")
    if months and draft.window is not None and draft.window.rule in _STRETCHES and not usual:
        return None
    if quarters and draft.window is None:
        _ask_year(draft, quarters[0].raw.replace(" ", ""))
    if months and not (
        draft.average
        or reading.has("typical")
        or draft.metrics
        or reading.has("move")
        or draft.ranked
    ):
        return None
    if (
        (months or days)
        and draft.window is None
        and not (
            draft.average or reading.has("typical") or days or reading.has("shape", "seasonality")
        )
    ):
        _ask_year(draft, months[0].raw)
    _claim_season(draft)
    subject(draft)
    named = [item.raw.capitalize() for item in (*months, *days)]
    period = "weekday" if days or weekday or _weekday_effect(draft) else "month"
    return build(
        draft, "seasonality", defaults.window(draft, records=True), (),
        period=period, season=", ".join(named) or None, order=(draft.side and "desc") or "desc",
    )  # fmt: skip


def _which_month(draft: Draft) -> bool:
    """ "which month is best for the market"."""
    items = draft.reading.items
    asked = any(
        i.tags.get("unit") in ("month", "weekday")
        and not i.used
        and items[k - 1].text in ("which", "what")
        for k, i in enumerate(items)
        if k
    )
    return asked and bool(draft.vague or draft.side or draft.ranked)


def _average_period(draft: Draft) -> bool:
    return draft.average == "mean" and draft.calendar and draft.period == "month"


def _weekday_effect(draft: Draft) -> bool:
    return any("weekday" in i.text or "day of the week" in i.text for i in draft.reading.items)


def _ask_year(draft: Draft, month: str) -> None:
    year = draft.facts.last_date.year
    choices = tuple((f"{month} {y}", f"{month} {y}") for y in (year, year - 1, year - 2))
    ask(draft, "window", f"Which {month.capitalize()} do you mean?", choices)


def _claim_season(draft: Draft) -> None:
    reading = draft.reading
    for tag in (
        "month_name",
        "weekday_name",
        "typical",
        "average",
        "frequency",
        "by",
        "everything",
    ):
        reading.take(tag)
    for tag in ("seasonality", "when"):
        reading.take("shape", tag)
    reading.take("unit")
    reading.take("move")
    reading.take("order")
    draft.group_by = None


def count(draft: Draft) -> Intent | None:
    """ "how many days did the index fall more than 3 %", "how often did KO rise 2 % in a week"."""
    reading = draft.reading
    unit = _period_at(draft)
    counted = (
        reading.has("shape", "count")
        or reading.has("shape", "times")
        or (unit and reading.has("shape", "when"))
    )
    noun = any(i.is_("unit") and not i.used for i in reading.items)
    moved = bool(draft.conditions) and draft.conditions[0].metric == MOVE
    if unit and moved and not reading.has("shape", "count"):
        counted = True
    ranked = bool(draft.side or draft.limit) and noun and not draft.extreme
    often = any(
        i.is_("shape", "count") and i.text in ("how often", "how frequently") for i in reading.items
    )
    if not (counted or ranked) or not (unit or often or reading.has("shape", "times")):
        return None
    if _counts_stocks(draft) or not _countable(draft):
        return None
    period = unit or "day"
    dated = not reading.has("shape", "count") and any(
        reading.has("shape", tag) for tag in ("when", "list")
    )
    for tag in ("count", "times", "when", "list"):
        reading.take("shape", tag)
    conditions = tuple(
        dataclasses.replace(c, metric=f"{period}_return")
        if c.metric in (MOVE, "total_return", "day_return", "week_return") else c
        for c in draft.conditions
    ) or (_sign(draft, period),)  # fmt: skip
    _claim_period(draft)
    subject(draft)
    draft.conditions = []
    if dated:
        order = "asc" if conditions[0].op.startswith("<") else "desc"
        return build(
            draft, "extremes", defaults.window(draft, records=True), (),
            conditions=conditions, period=period, order=order, limit=50,
        )  # fmt: skip
    return build(
        draft, "count", defaults.window(draft, records=period == "year"), (),
        conditions=conditions, period=period,
        order="asc" if draft.side == "low" else "desc", limit=max(10, len(draft.tickers)),
    )  # fmt: skip


def _counts_stocks(draft: Draft) -> bool:
    items = draft.reading.items
    i = draft.reading.find("shape", "count")
    after = draft.reading.at(i + 1) if i is not None else None
    return (
        after is not None
        and "universe" in after.tags
        and i is not None
        and items[i].text != "number of day"
    )


def _countable(draft: Draft) -> bool:
    moves = any(
        not i.used and "move" in i.tags and i.text not in ("do", "did", "done")
        for i in draft.reading.items
    )
    return (
        bool(draft.conditions)
        and draft.conditions[0].metric in (MOVE, "total_return", "day_return", "week_return")
    ) or moves


def _sign(draft: Draft, period: str) -> Condition:
    """ "how many days did it fall": below zero."""
    for item in draft.reading.items:
        if not item.used and "move" in item.tags and item.text not in ("do", "did", "done"):
            item.used = True
            return Condition(f"{period}_return", ">" if item.tags["move"] == "up" else "<", 0.0)
    refuse(draft, "unsupported", f"a count of {period}s without a threshold")


def _period_at(draft: Draft) -> str | None:
    if draft.period in PERIODS and not draft.calendar:
        return draft.period
    for item in draft.reading.items:
        if item.is_("shape", "count") and item.text.endswith("day"):
            return "day"
        if item.is_("shape", "when") and {"day", "date"} & set(item.text.split()):
            return "day"
        unit = item.tags.get("unit", "").replace("trading_", "")
        if not item.used and unit in PERIODS:
            return unit
        if not item.used and item.tags.get("frequency") in _ADJECTIVES:
            return _ADJECTIVES[item.tags["frequency"]]
    return None


def _claim_period(draft: Draft) -> None:
    draft.reading.take("unit")
    draft.reading.take("frequency")
    draft.reading.take("move")
    draft.reading.take("by")


def extremes(draft: Draft) -> Intent | None:
    """ "best day of Apple", "worst 10 months for the market", "biggest one-day drop in 2020"."""
    reading = draft.reading
    adjective = next(
        (i for i in reading.items if not i.used and i.tags.get("frequency") in _ADJECTIVES), None
    )
    if not draft.extreme and not _adjective_extreme(draft, adjective) and not _drop_in(draft):
        return None
    period = draft.period or (_ADJECTIVES[adjective.tags["frequency"]] if adjective else "day")
    order = _extreme_order(draft)
    _claim_period(draft)
    for tag in ("when", "list"):
        reading.take("shape", tag)
    resolve_moves(draft, f"{period}_return")
    draft.metrics = [m for m in draft.metrics if m not in _EXTREME_METRICS]
    subject(draft)
    draft.group_by = None if draft.group_by in PERIODS else draft.group_by
    return build(
        draft, "extremes", defaults.window(draft, records=True), (), order=order, period=period,
    )  # fmt: skip


_EXTREME_METRICS = ("total_return", "day_return", "week_return", "price", "worst_day", "best_day")


def _adjective_extreme(draft: Draft, adjective: Item | None) -> bool:
    """ "largest daily gain", "worst monthly return"."""
    if adjective is None or not (draft.side or draft.vague):
        return False
    figures = set(draft.metrics) & {"total_return", "day_return"}
    return bool(draft.move or draft.reading.has("move") or figures)


def _extreme_order(draft: Draft) -> str:
    """ "biggest fall" and "worst" are lowest first, "smallest fall" and "best" highest first."""
    if draft.ranked:
        return "asc" if draft.ranked == "down" else "desc"
    falls = ("down", "loss")
    down = draft.move in falls or any(
        not i.used and i.tags.get("move") in falls for i in draft.reading.items
    )
    high = draft.vague in ("best", None) and draft.side != "low"
    return "asc" if draft.vague == "worst" or down == high else "desc"


def _drop_in(draft: Draft) -> bool:
    """ "biggest drop in a day", "largest fall in one week"."""
    if not (draft.side or draft.vague) or draft.period is not None:
        return False
    for i, item in enumerate(draft.reading.items):
        if item.used or item.tags.get("unit") not in PERIODS:
            continue
        before = draft.reading.at(i - 1)
        moved = any("move" in k.tags and not k.stop for k in draft.reading.items[:i])
        if moved and before is not None and before.text in ("a", "one", "single", "1", "any"):
            draft.period = item.tags["unit"]
            draft.reading.claim(i - 1)
            return True
    return False


def drawdowns(draft: Draft) -> Intent | None:
    """ "Apple's largest drawdowns", "how long did GE take to recover from its worst fall"."""
    reading = draft.reading
    if draft.metrics == ["all_time_high"] or draft.metrics == ["price"]:
        return highest_price(draft)
    dated = any(reading.has("shape", tag) for tag in ("recovery", "trough", "when"))
    falls = "max_drawdown" in draft.metrics or "current_drawdown" in draft.metrics
    if reading.has("shape", "peak") and not falls and not reading.has("shape", "recovery"):
        return _peak(draft)
    plural = any(
        i.is_("metric", "max_drawdown") and i.raw.casefold().endswith("s") for i in reading.items
    )
    if not ((falls and (dated or plural or draft.limit)) or reading.has("shape", "recovery")):
        return None
    if (
        (draft.universe and len(draft.tickers) != 1)
        or draft.scoped
        or draft.conditions
        or len(draft.tickers) > 1
    ):
        return None
    for tag in ("recovery", "trough", "when", "peak", "list", "count"):
        reading.take("shape", tag)
    _claim_period(draft)
    subject(draft)
    draft.vague = None
    single = not (plural or draft.limit)
    return build(draft, "drawdowns", defaults.window(draft), (), limit=1 if single else 10)


def _peak(draft: Draft) -> Intent | None:
    """ "When did GE peak?": the line of its price, whose sentence names the dates of both ends."""
    if not set(draft.metrics) <= {"price", "all_time_high"}:
        return None
    for tag in ("peak", "when", "trough"):
        draft.reading.take("shape", tag)
    draft.reading.take("move")
    return price_line(draft)


def price_line(draft: Draft) -> Intent:
    """The highest and the lowest close of a stretch, with their dates, are read off the line."""
    subject(draft)
    draft.metrics = ["price"]
    return build(draft, "trend", defaults.window(draft, records=True), ("price",))


def highest_price(draft: Draft) -> Intent | None:
    """ "highest close of MSFT in 2021", "lowest price of GE", "when was AAPL's record high"."""
    dated = draft.reading.has("shape", "when") and draft.metrics == ["all_time_high"]
    turned = draft.metrics == ["price"] and (draft.side or draft.vague)
    if not (dated or turned) or draft.universe or draft.scoped or draft.extreme or draft.conditions:
        return None
    if len(draft.tickers) != 1 or draft.limit:
        return None
    draft.reading.take("shape", "when")
    draft.reading.take("move")
    return price_line(draft)
