"""Sentences about moments: counts, extremes, streaks, drawdowns, crossings."""

from __future__ import annotations

from analysis.formats import counted, date, figure, integer, listed, percent
from analysis.intent import Condition
from analysis.writing.lines import by_ticker
from analysis.writing.material import Material, Row
from analysis.writing.wording import bound


def count(material: Material) -> str:
    """How often, out of how many periods; for several stocks, who leads."""
    if not material.rows:
        return f"There is nothing to count {material.window}"
    first, *others = material.rows
    text = f"{material.name(first['ticker'])} {_moved(material)} {_times(material, first)}"
    if not others:
        return f"{text} {material.window}"
    told = [f"{material.short(row['ticker'])} with {integer(row['count'])}" for row in others[:2]]
    joint = "ahead of" if material.intent.order == "desc" else "followed by"
    return f"{text} {material.window}, {joint} {listed(told)}"


def _moved(material: Material) -> str:
    """ "fell more than 5 %"; the condition is on the return of a day, week, month or year."""
    conditions = material.intent.conditions
    return listed([_move(item) for item in conditions]) if conditions else "closed"


def _move(item: Condition) -> str:
    verb = "fell" if item.value < 0 or (item.value == 0 and item.op in ("<", "<=")) else "rose"
    if item.op == "between":
        return (
            f"moved between {bound(item.value, 'percent')} and {bound(item.upper or 0, 'percent')}"
        )
    if (verb == "rose") != (item.op in (">", ">=")):
        return f"returned {_SIGNS[item.op]} {bound(item.value, 'percent')}"
    if item.value == 0:
        return verb
    strict = "more than" if item.op in ("<", ">") else "at least"
    return f"{verb} {strict} {bound(abs(item.value), 'percent')}"


_SIGNS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}


def _times(material: Material, row: Row) -> str:
    kind = material.intent.param("period", "day")
    joint = "on" if kind == "day" else "in"
    if not row["count"]:
        return f"{joint} none of {counted(row['periods'], kind)}"
    times = f"{integer(row['count'])} of {counted(row['periods'], kind)}"
    return f"{joint} {times} ({percent(row['share'])})"


def extremes(material: Material) -> str:
    """The record, its day, and those that follow."""
    if not material.rows:
        return f"There is no such record {material.window}"
    kind = material.intent.param("period", "day")
    column = f"{kind}_return"
    first, *others = material.rows
    word = material.place + ("best" if material.intent.order == "desc" else "worst")
    told = [f"{figure(row[column], 'percent')} ({_whose(material, row)})" for row in others]
    return (
        f"The {word} {kind} of {material.name(first['ticker'])}{_terms(material)} "
        f"{material.window} was "
        f"{_ending(kind)}{date(first['date'])}: {figure(first[column], 'percent')}"
        f"{', followed by ' + listed(told[:2]) if told else ''}"
    )


def _terms(material: Material) -> str:
    return f" with {material.conditions}" if material.intent.conditions else ""


def _whose(material: Material, row: Row) -> str:
    one = len({r["ticker"] for r in material.rows}) == 1
    return date(row["date"]) if one else f"{material.short(row['ticker'])}, {date(row['date'])}"


def _ending(kind: str) -> str:
    return "" if kind == "day" else f"the {kind} that ended on "


def streaks(material: Material) -> str:
    """The longest run and what it brought."""
    if not material.rows:
        return f"There is no such run of days {material.window}"
    first, *others = material.rows
    way = material.intent.param("direction", "up")
    told = [f"{counted(row['days'], 'day')}{_run_of(material, row)}" for row in others]
    return (
        f"The longest run of {way} days of {material.name(first['ticker'])} {material.window} "
        f"lasted {counted(first['days'], 'day')}, from {date(first['start'])} to "
        f"{date(first['end'])}, and brought {percent(first['total_return'])}"
        f"{', followed by ' + listed(told[:2]) if told else ''}"
    )


def _run_of(material: Material, row: Row) -> str:
    one = len({r["ticker"] for r in material.rows}) == 1
    return f" (to {date(row['end'])})" if one else f" ({material.short(row['ticker'])})"


def drawdowns(material: Material) -> str:
    """The deepest fall of each stock: peak, trough, recovery."""
    groups = by_ticker(material.rows)
    if not groups:
        return f"There is no drawdown {material.window}"
    first, *others = (_fall(material, ticker, rows[0]) for ticker, rows in groups.items())
    told = [f"the {_which(material)} drawdown {first}", *(f"that {other}" for other in others)]
    more = len(material.rows) - len(groups)
    listed_too = f"; the next {more} are in the table" if more and len(groups) == 1 else ""
    return f"{'; '.join(told)}{listed_too}"


def _fall(material: Material, ticker: str, row: Row) -> str:
    depth = next(row[name] for name in material.measured)
    if not depth:
        return f"of {material.name(ticker)} {material.window} was none: it closed at its peak"
    return (
        f"of {material.name(ticker)} {material.window} was {percent(depth)}, from the peak on "
        f"{date(row['peak'])} to the trough on {date(row['trough'])}, {_recovered(material, row)}"
    )


def _which(material: Material) -> str:
    return "current" if material.intent.param("current") else "deepest"


def _recovered(material: Material, row: Row) -> str:
    if row["recovery"] is None:
        return f"not recovered by {date(material.result.data_through)}"
    days = f" after {counted(row['days'], 'day')} in all" if row["days"] is not None else ""
    return f"recovered on {date(row['recovery'])}{days}"


def crossings(material: Material) -> str:
    """How many crossings, and the latest."""
    what = _averages(material)
    if not material.rows:
        who = listed([material.name(ticker) for ticker in material.intent.tickers])
        return f"{who} had no {_kind(material)} of {what} {material.window}"
    told = [_crossed(material, t, rows) for t, rows in by_ticker(material.rows).items()]
    return f"{'; '.join(told)}, counting crossings of {what} {material.window}"


def _crossed(material: Material, ticker: str, rows: list[Row]) -> str:
    last = max(rows, key=lambda row: str(row["date"]))
    kind = _kind(material)
    many = "" if len(rows) == 1 else "es" if kind.endswith("cross") else "s"
    which = "" if len(rows) == 1 else "the latest "
    return (
        f"{material.name(ticker)} had {len(rows)} {kind}{many}, {which}{_direction(kind, last)}on "
        f"{date(last['date'])} at {_price(material, last)}"
    )


def _price(material: Material, row: Row) -> str:
    adjusted = "" if material.is_index(row["ticker"]) else " (adjusted)"
    return f"{material.text(row, 'price')}{adjusted}"


def _direction(kind: str, row: Row) -> str:
    """Which way, where the kind does not say it already."""
    if kind.endswith("cross"):
        return ""
    return f"{row['cross']}wards " if row["cross"] in ("up", "down") else f"a {row['cross']} cross "


def _kind(material: Material) -> str:
    way = material.intent.param("direction", "both")
    return f"{way} cross" if way in ("golden", "death") else "crossing"


def _averages(material: Material) -> str:
    fast, slow = material.intent.param("fast", 50), material.intent.param("slow", 200)
    first = f"the {fast}-day" if fast else "the price"
    return f"{first} {'over' if not fast else 'and'} the {slow}-day moving average"
