"""Sentences about a course of time: trends, indicators, calendar returns, seasons."""

from __future__ import annotations

import re

from analysis.formats import as_date, date, integer, listed, percent
from analysis.writing.material import Material, Row
from analysis.writing.predicates import brief
from analysis.writing.wording import unit


def by_ticker(rows: list[Row]) -> dict[str, list[Row]]:
    """The rows of each stock, stocks in the order in which they first appear."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["ticker"], []).append(row)
    return groups


def trend(material: Material) -> str:
    """Where the line ends and how far it swung."""
    name = material.metric
    lines = {
        ticker: [row for row in rows if row[name] is not None]
        for ticker, rows in by_ticker(material.rows).items()
    }
    lines = {ticker: rows for ticker, rows in lines.items() if rows}
    if not lines:
        return f"There is no {material.noun(name)} to show {material.window}"
    if len(lines) == 1:
        [(ticker, rows)] = lines.items()
        return _one_line(material, ticker, rows, name)
    ends = [f"{material.name(t)} at {material.text(rows[-1], name)}" for t, rows in lines.items()]
    last = max((rows[-1] for rows in lines.values()), key=lambda row: str(row["date"]))
    noun = material.noun(name)
    return f"The {noun} {material.window} ended {_at(material, last)} with {listed(ends, most=5)}"


def _one_line(material: Material, ticker: str, rows: list[Row], name: str) -> str:
    low, high = (pick(rows, key=lambda row: row[name]) for pick in (min, max))
    last = rows[-1]
    return (
        f"The {material.noun(name)} of {material.name(ticker)} was {material.text(last, name)} "
        f"{_at(material, last)}, between {_turn(material, low)} and {_turn(material, high)} "
        f"{material.window}"
    )


def _turn(material: Material, row: Row) -> str:
    """A low or a high with its day."""
    name = material.metric
    return f"{material.text(row, name).removesuffix(unit(name))} {_at(material, row)}"


def _at(material: Material, row: Row) -> str:
    """A point of a line: a day, or the year or month that ends on it."""
    day = as_date(row["date"])
    step = material.intent.param("period")
    if step == "year":
        return f"in {day.year}"
    return f"in {day:%B %Y}" if step == "month" else f"on {date(day)}"


def indicator(material: Material) -> str:
    """The latest state of the indicators beside the close."""
    if not material.rows:
        return f"There is no indicator to show {material.window}"
    told = [_state(material, ticker, rows) for ticker, rows in by_ticker(material.rows).items()]
    return f"{'; '.join(told)}; the lines are shown {material.window}"


def _state(material: Material, ticker: str, rows: list[Row]) -> str:
    last = rows[-1]
    names = [name for name in material.metrics if name != "price"]
    told = listed([brief(material, last, name) for name in names])
    close = material.text(last, "price") + ("" if material.is_index(ticker) else " (adjusted)")
    return f"{material.name(ticker)} closed at {close} on {date(last['date'])}, with {told}"


def calendar(material: Material) -> str:
    """One period's return, or the best and worst of many."""
    told = [
        text
        for ticker, rows in by_ticker(material.rows).items()
        if (text := _periods(material, ticker, rows))
    ]
    if not told:
        return f"There are no calendar returns {material.window}"
    return f"{'; '.join(told)}{'' if len(material.rows) == 1 else ', ' + material.window}"


def _periods(material: Material, ticker: str, rows: list[Row]) -> str:
    known = [row for row in rows if row["total_return"] is not None]
    if len(known) == 1:
        return _period(material, ticker, known[0])
    whole = [row for row in known if not row["partial"]] or known
    if not whole:
        return ""
    best = max(whole, key=lambda row: row["total_return"])
    worst = min(whole, key=lambda row: row["total_return"])
    up = sum(row["total_return"] > 0 for row in whole)
    kind = material.intent.param("period", "year")
    return (
        f"{material.name(ticker)} gained in {up} of {len(whole)} {kind}s: the best was "
        f"{period(best)} with {percent(best['total_return'])}, the worst {period(worst)} with "
        f"{percent(worst['total_return'])}"
    )


def _period(material: Material, ticker: str, row: Row) -> str:
    named = period(row)
    span = material.window if named in material.window else f"in {named}, {material.window}"
    part = ", of which only a part is in the data" if row["partial"] else ""
    return (
        f"{material.name(ticker)} had a total return of {percent(row['total_return'])} {span}{part}"
    )


def period(row: Row) -> str:
    """ "2022" stands as it is, "2022-03" becomes March 2022."""
    text = str(row["period"])
    return f"{as_date(f'{text}-01'):%B %Y}" if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) else text


def seasonality(material: Material) -> str:
    """Best and worst season by mean, with how often it rose."""
    told = [_seasons(material, t, rows) for t, rows in by_ticker(material.rows).items()]
    if not told:
        return f"There are no whole periods to average {material.window}"
    return f"{'; '.join(told)}, {material.window}"


def _seasons(material: Material, ticker: str, rows: list[Row]) -> str:
    known = [row for row in rows if row["mean"] is not None]
    asked = str(material.intent.param("season", "")).split(", ")
    known = [row for row in known if row["period"] in asked] or known
    name = material.name(ticker)
    if not known:
        return f"{name} has no whole period to average"
    best = max(known, key=lambda row: row["mean"])
    if len(known) == 1:
        return f"{name} returned {_season(best)}"
    worst = min(known, key=lambda row: row["mean"])
    kind = material.intent.param("period", "month")
    return (
        f"the best {kind} of {name} on average is {best['period']}: {_mean(best)}; the weakest is "
        f"{worst['period']} with {percent(worst['mean'])}"
    )


def _season(row: Row) -> str:
    return f"{percent(row['mean'])} in the average {row['period']} ({_rises(row)})"


def _mean(row: Row) -> str:
    return f"{percent(row['mean'])} ({_rises(row)})"


def _rises(row: Row) -> str:
    return f"up in {percent(row['hit_rate'])} of {integer(row['n'])} {row['period']}s"
