"""Figures as people read them: 12.3 %, 1.45, $476.04, 28 December 2022."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import Any

MISSING = "no figure"
MINUS = "\N{MINUS SIGN}"


def figure(value: Any, kind: str) -> str:
    """One value of a column with this `Column.format`; shares become percent. None: "no figure"."""
    if value is None:
        return MISSING
    writers: dict[str, Callable[[Any], str]] = {
        "percent": percent,
        "ratio": ratio,
        "money": money,
        "integer": integer,
        "date": date,
    }
    return writers.get(kind, str)(value)


def percent(share: float) -> str:
    """0.1234 is "12.3 %"; below one percent a second decimal keeps daily figures apart."""
    points = 100 * share
    decimals = 2 if abs(points) < 0.995 else 1
    return f"{_rounded(points, decimals)} %"


def ratio(value: float) -> str:
    """Two decimals."""
    return _rounded(value, 2)


def money(dollars: float) -> str:
    """Cents, and a hundredth of a cent under a dollar, where adjusted prices often are."""
    sign = MINUS if dollars < 0 else ""
    decimals = 2 if abs(dollars) >= 1 or math.isclose(dollars * 100, round(dollars * 100)) else 4
    return f"{sign}${_rounded(abs(dollars), decimals)}"


def integer(value: float) -> str:
    return signed(f"{round(value):,}")


def counted(number: int, noun: str) -> str:
    """ "1 row", "2,500 rows": for nouns that take an s."""
    return f"{integer(number)} {noun}{'' if number == 1 else 's'}"


_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip


def ordinal(place: int) -> str:
    """ "second", "tenth", then "11th", "22nd"."""
    if place <= len(_ORDINALS):
        return _ORDINALS[place - 1]
    teens = 11 <= place % 100 <= 13
    return f"{place}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')}"


def date(day: dt.date | str) -> str:
    """28 December 2022, from a date or its ISO form."""
    day = as_date(day)
    return f"{day.day} {day:%B %Y}"


def as_date(day: dt.date | str) -> dt.date:
    return dt.date.fromisoformat(day[:10]) if isinstance(day, str) else day


def listed(words: Sequence[str], most: int | None = None, joint: str = "and") -> str:
    """ "A, B and C"; with `most`, "A, B and 3 more"."""
    shown = list(words)
    if most is not None and len(shown) > most:
        shown = [*shown[:most], f"{len(words) - most} more"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {joint} {shown[-1]}"


_NAMES = ("Sharpe", "Sortino", "Calmar", "Bollinger")


def lowered(label: str) -> str:
    """A heading inside a sentence: names and abbreviations keep their capitals."""
    if label.startswith(_NAMES) or not label[1:2].islower():
        return label
    return label[0].lower() + label[1:]


def _rounded(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else signed(text)


def signed(number: str) -> str:
    """With a true minus sign, as in tables and on axes: a hyphen is too short and breaks lines."""
    return number.replace("-", MINUS)
