"""Finds the numbers and dates of a sentence, and whether a result supports them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from analysis.intent import Intent
from analysis.market_facts import MarketFacts
from analysis.result import Result

_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_SPOKEN = re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b")
_NUMBER = re.compile(r"-?\$?\d[\d,]*(?:\.\d+)?(?: %)?")
# Numbers that belong to a name.
_NAMES = re.compile(r"S&P 500|52-week|RSI \(14\)|turned \$1 into|12-1|\d+-day|under 365|than 365")


def dates(text: str) -> Iterator[dt.date]:
    for found in _ISO.findall(text):
        yield dt.date.fromisoformat(found)
    for found in _SPOKEN.findall(text):
        yield dt.datetime.strptime(found, "%d %B %Y").date()


def numbers(text: str, intent: Intent) -> list[str]:
    """What is left when dates, names and the window's label are taken out."""
    for pattern in (_ISO, _SPOKEN, _NAMES):
        text = pattern.sub(" ", text)
    for window in intent.windows or (intent.window,):
        text = text.replace(window.label.removeprefix("the "), " ")
    return _NUMBER.findall(text)


def supported_dates(intent: Intent, result: Result, facts: MarketFacts) -> set[dt.date]:
    cells = {cell for row in result.rows for cell in row if isinstance(cell, dt.date)}
    window = {
        day
        for one in (intent.window, *intent.windows)
        for day in (max(one.start or facts.first_date, facts.first_date), one.end)
    }
    asked = intent.param("date")
    return (
        cells
        | window
        | {facts.first_date, facts.last_date, result.data_through}
        | ({dt.date.fromisoformat(asked)} if asked else set())
    )


def supports(number: str, intent: Intent, result: Result, facts: MarketFacts) -> bool:
    """Whether some value, rounded as the text is rounded, is this number; signs may be in words."""
    bare = number.replace(",", "").replace("$", "").removesuffix(" %")
    decimals = len(bare.partition(".")[2])
    size = abs(float(bare)) / (100 if number.endswith("%") else 1)
    slack = 0.5000001 * 10**-decimals / (100 if number.endswith("%") else 1)
    values = _values(intent, result, facts)
    return any(abs(abs(value) - size) <= slack for value in values)


def _values(intent: Intent, result: Result, facts: MarketFacts) -> Iterator[float]:
    for row in result.rows:
        for cell in row:
            if isinstance(cell, dt.date):
                yield float(cell.year)
            elif isinstance(cell, int | float):
                yield float(cell)
            elif isinstance(cell, str) and re.fullmatch(r"\d{4}(-\d{2})?", cell):
                yield from (float(part) for part in cell.split("-"))
    yield from (float(v) for _, v in result.facts if isinstance(v, int | float))
    yield from _asked(intent)
    # Counts of rows: stocks that pass, gains among years, further rows in the table.
    yield from map(float, range(len(result.rows) + 1))
    yield float(len({ticker for row in result.rows for ticker in row if isinstance(ticker, str)}))


def _asked(intent: Intent) -> Iterator[float]:
    for condition in intent.conditions:
        yield condition.value
        yield condition.upper or 0.0
    yield from (float(v) for _, v in intent.params if isinstance(v, int | float))
