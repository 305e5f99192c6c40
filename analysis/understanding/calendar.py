"""Calendar arithmetic: months back, ends of months, and stretches with their names."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt

MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip
DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """A named stretch: `base` is where its first return starts, `kind` day, year, month, …"""

    base: dt.date
    end: dt.date
    label: str
    kind: str


def years_back(day: dt.date, years: int) -> dt.date | None:
    return months_back(day, 12 * years)


def months_back(day: dt.date, months: int) -> dt.date | None:
    """The same day `months` earlier, or the month's last; None before the year 1."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    if year < 1:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def year(number: int) -> Span:
    return Span(dt.date(number - 1, 12, 31), dt.date(number, 12, 31), str(number), "year")


def quarter(number: int, of_year: int) -> Span:
    span = months(of_year, 3 * number - 2, 3, f"Q{number} {of_year}")
    return dataclasses.replace(span, kind="quarter")


def half(number: int, of_year: int) -> Span:
    name = ("first", "second")[number - 1]
    span = months(of_year, 6 * number - 5, 6, f"the {name} half of {of_year}")
    return dataclasses.replace(span, kind="quarter")


def month(number: int, of_year: int) -> Span:
    return months(of_year, number, 1, f"{MONTHS[number - 1]} {of_year}")


def months(of_year: int, first: int, count: int, label: str) -> Span:
    last = first + count - 1
    end = dt.date(of_year, last, calendar.monthrange(of_year, last)[1])
    return Span(dt.date(of_year, first, 1) - DAY, end, label, "month")


def decade(first: int) -> Span:
    return Span(dt.date(first - 1, 12, 31), dt.date(first + 9, 12, 31), f"the {first}s", "decade")


def day(date: dt.date) -> Span:
    return Span(date, date, date.isoformat(), "day")


def date_of(year_: int, month_: int, day_: int) -> dt.date | None:
    try:
        return dt.date(year_, month_, day_)
    except ValueError:
        return None
