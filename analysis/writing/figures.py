"""Sentences about one stock, or a few side by side: values, comparisons, prices, what-ifs."""

from __future__ import annotations

import dataclasses

from analysis.formats import date, listed, money, percent
from analysis.metrics import METRICS
from analysis.writing import wording
from analysis.writing.material import Material, Row
from analysis.writing.predicates import brief, predicate


def value(material: Material) -> str:
    """ "Apple (AAPL) had a volatility of 32.1 % a year over ..."."""
    if not material.rows:
        return f"There is no figure for {_asked(material)} {material.window}"
    row, (first, *more) = material.rows[0], material.metrics
    rest = f", with {listed([brief(material, row, name) for name in more])}" if more else ""
    told = f"{predicate(material, row, first)} {material.when(first)}{rest}"
    return f"{material.name(row['ticker'])} {told}"


def periods(material: Material) -> str:
    """ "The S&P 500 had a volatility of 41.0 % a year in 2008 (...), against 34.4 % in 2020"."""
    if not material.rows:
        return f"There are no figures for {_asked(material)} {material.window}"
    told = []
    for ticker in material.intent.tickers:
        first, *others = [row for row in material.rows if row["ticker"] == ticker]
        rest = [_again(material, row) for row in others]
        told.append(f"{value(_alone(material, first))}, against {listed(rest)}")
    return "; ".join(told)


def _alone(material: Material, row: Row) -> Material:
    """One row, as the answer to its own stretch of time alone."""
    window = next(w for w in material.intent.windows if w.label == row["period"])
    part = material.within(window)
    values = tuple(row[column.name] for column in material.result.columns)
    return dataclasses.replace(part, result=dataclasses.replace(part.result, rows=(values,)))


def _again(material: Material, row: Row) -> str:
    """The figures of a further stretch, without the words that the first one used."""
    part = _alone(material, row)
    figures = [part.text(row, name).removesuffix(wording.unit(name)) for name in material.metrics]
    return f"{listed(figures)} {part.when(material.metrics[0])}"


def _asked(material: Material) -> str:
    return listed([material.name(ticker) for ticker in material.intent.tickers]) or "this"


def compare(material: Material) -> str:
    """Who leads in what, with the others' figures in brackets."""
    if not material.rows:
        return f"There is nothing to compare for {_asked(material)} {material.window}"
    if len(material.rows) == 1:
        return value(material)
    if len(material.metrics) == 1:
        return _duel(material, material.metric)
    when = material.when(material.metric)
    return f"{when[0].upper()}{when[1:]}, {'; '.join(_claims(material))}"


def _duel(material: Material, name: str) -> str:
    """One metric: the order of the question says which end it asks about."""
    best, others, most = _leader(material, name, material.intent.order)
    if best is None:
        return f"There is no {material.noun(name)} to compare {material.when(name)}"
    return (
        f"{material.name(best['ticker'])} had the {most} {material.noun(name)} "
        f"{material.when(name)}: {material.text(best, name)}{_against(material, others, name)}"
    )


def _claims(material: Material) -> list[str]:
    """The metrics, grouped by who leads them, in the order in which they were asked for."""
    led: dict[str, list[str]] = {}
    for name in material.metrics:
        better_low = name in METRICS and METRICS[name].better == "low"
        best, others, most = _leader(material, name, "asc" if better_low else "desc")
        if best is None:
            led.setdefault("nobody", []).append(f"a {material.noun(name)}")
            continue
        figures = f"{material.text(best, name)}{_against(material, others, name)}"
        if len(others) == 1 and _level(material, best, others[0], name):
            same = f"the same {material.noun(name)} after rounding ({material.text(best, name)})"
            led.setdefault("both", []).append(same)
            continue
        claim = f"the {most} {material.noun(name)} ({figures})"
        led.setdefault(material.name(best["ticker"]), []).append(claim)
    return [f"{leader} had {listed(claims)}" for leader, claims in led.items()]


def _leader(material: Material, name: str, order: str) -> tuple[Row | None, list[Row], str]:
    """The first row in this order, the others after it, and the word for its lead."""
    known = [row for row in material.rows if row[name] is not None]
    known.sort(key=lambda row: row[name], reverse=order == "desc")
    if not known:
        return None, [], ""
    most = wording.superlative(name, order)
    return known[0], known[1:], wording.of_two(most) if len(known) == 2 else most


def _level(material: Material, one: Row, other: Row, name: str) -> bool:
    return material.text(one, name) == material.text(other, name)


def _against(material: Material, others: list[Row], name: str) -> str:
    unit = wording.unit(name)
    figures = [material.text(row, name).removesuffix(unit) for row in others]
    if len(figures) == 1 and len(material.metrics) > 1:
        return f" against {figures[0]}"
    named = [
        f"{figure} for {material.short(row['ticker'])}"
        for figure, row in zip(figures, others, strict=True)
    ]
    return f" against {listed(named, most=3)}" if named else ""


def price(material: Material) -> str:
    """The close on a day, and the day that stands in for one without trading."""
    if not material.rows:
        return f"There is no price for {_asked(material)} on that day"
    told = [
        f"{material.name(row['ticker'])} at {material.text(row, 'price')}" for row in material.rows
    ]
    first, *more = told
    day = material.rows[0]["date"]
    text = f"{first.replace(' at ', ' closed at ', 1)} on {date(day)}{_adjusted(material)}"
    others = f", {listed(more)}" if more else ""
    return f"{text}{others}{_stands_in(material, str(day)[:10])}"


def _adjusted(material: Material) -> str:
    stocks = [row for row in material.rows if not material.is_index(row["ticker"])]
    return " (adjusted close)" if stocks else ""


def _stands_in(material: Material, day: str) -> str:
    asked = str(material.intent.param("date", day))[:10]
    return "" if asked == day else f", the last trading day before {date(asked)}"


def whatif(material: Material) -> str:
    """ "$10,000 put into Apple (AAPL) at the start of ... grew to $476.04"."""
    if not material.rows:
        return f"There is no figure for {_asked(material)} {material.window}"
    first, *more = material.rows
    text = f"{_saving(material, first)} {_became(first)}"
    others = [f"{material.short(_holding(row))} ended at {money(row['value'])}" for row in more]
    return f"{text}{f'; {listed(others, most=5)}' if others else ''}"


def _saving(material: Material, row: Row) -> str:
    holder = _holder(material, row)
    amount = money(float(material.intent.param("amount", row["invested"]))).removesuffix(".00")
    if material.intent.param("mode") == "monthly":
        invested = money(row["invested"]).removesuffix(".00")
        return f"{amount} saved every month in {holder} {material.window}, {invested} in all,"
    return f"{amount} put into {holder} and held {material.window}"


def _holding(row: Row) -> str:
    return str(row["ticker"] or row["name"])


def _holder(material: Material, row: Row) -> str:
    """A stock, or the portfolio that the table names."""
    if row["ticker"]:
        return material.name(row["ticker"])
    name = str(row["name"]).replace("portfolio: ", "portfolio of ")
    return f"an {name[0].lower()}{name[1:]}"


def _became(row: Row) -> str:
    verb = "grew to" if row["value"] >= row["invested"] else "shrank to"
    return f"{verb} {money(row['value'])}, a total return of {percent(row['total_return'])}"
