"""Explanations: what a metric means, how windows and data work, why a ranking looks as it does."""

from __future__ import annotations

from analysis.formats import date, integer, listed
from analysis.intent import Intent
from analysis.metrics import metric
from analysis.result import Result
from analysis.writing import wording
from analysis.writing.material import Material


def explain(material: Material) -> str:
    """One or two sentences, the last one without its full stop."""
    topic = material.intent.param("topic")
    if topic == "ranking" or (topic is None and not material.intent.metrics):
        return _ranking(material)
    if material.intent.metrics:
        return " ".join(_definition(name) for name in material.intent.metrics).rstrip(".")
    return {"window": _window, "data": _data, "crossing": _crossing}.get(str(topic), _method)(
        material
    )


def _definition(name: str) -> str:
    item = metric(name)
    return f"{item.label}: {item.definition[0].lower()}{item.definition[1:]}"


def _window(material: Material) -> str:
    return (
        "A window starts after its base date: the base price is the last close at or before the "
        "start, and returns count up to and including the end. Without a window in the question, "
        "risk and return figures use the last 5 years, and records, calendar years and seasons "
        f"the whole history, which starts on {date(material.facts.first_date)}"
    )


def _data(material: Material) -> str:
    facts = material.facts
    stocks = sum(company.kind == "stock" for company in facts.companies)
    indexes = len(facts.companies) - stocks
    index = f" and {integer(indexes)} index" if indexes else ""
    return (
        f"The data holds daily closes, adjusted for splits and dividends, of {integer(stocks)} "
        f"stocks{index} from {date(facts.first_date)} to {date(facts.last_date)}; an index has no "
        "dividends in it, and volume, intraday prices and fundamentals are not part of it"
    )


def _crossing(material: Material) -> str:
    return (
        "A golden cross is the day on which the 50-day moving average of the adjusted close rises "
        "above the 200-day one, a death cross the day on which it falls below it"
    )


def _method(material: Material) -> str:
    return (
        "Figures are computed by SQL from simple daily returns of adjusted closes, with 252 "
        "trading days a year, the sample standard deviation and a risk-free rate of 0 unless "
        "another is named; the SQL that ran is shown with each answer, and the words are written "
        "from its table"
    )


def _ranking(material: Material) -> str:
    if material.previous is None or not material.previous[1].rows:
        return "There is no earlier figure in this conversation to explain; ask for one first"
    intent, result = material.previous
    before = Material(intent, result, material.facts)
    if intent.shape != "rank" or intent.param("group_by"):
        return _figures(before)
    return _place(before, material.intent, intent, result)


def _figures(before: Material) -> str:
    """Not a ranking: the definition behind the figures and their window."""
    names = [name for name in before.metrics if _known(name)]
    told = " ".join(_definition(name) for name in names[:3])
    start = f"The figures are computed from adjusted daily closes {before.window}."
    return f"{start} {told}".strip().rstrip(".")


def _known(name: str) -> bool:
    try:
        return bool(metric(name))
    except KeyError:
        return False


def _place(before: Material, asked: Intent, intent: Intent, result: Result) -> str:
    """A stock's place follows from its figure and its neighbours'."""
    name = before.metric
    rows = before.rows
    at = next((i for i, row in enumerate(rows) if row["ticker"] in asked.tickers), 0)
    row = rows[at]
    figure = before.text(row, name)
    rank = row.get("rank") or at + 1
    place = "first" if rank == 1 else f"number {rank}"
    reason = f"{before.name(row['ticker'])} is {place} because its {before.noun(name)} "
    if rank == 1:
        extreme = wording.superlative(name, intent.order)
        reason += f"{before.when(name)} is the {extreme} of the {before.scope}: {figure}"
    else:
        reason += f"{before.when(name)} is {figure}"
    return f"{reason}{_neighbours(before, at, name)}. {_definition(name)}".rstrip(".")


def _neighbours(before: Material, at: int, name: str) -> str:
    rows = before.rows
    near = [rows[i] for i in (at - 1, at + 1) if 0 <= i < len(rows)]
    told = [f"{before.short(row['ticker'])} has {before.text(row, name)}" for row in near]
    return f", while {listed(told)}" if told else ""
