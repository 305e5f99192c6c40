"""Named stretches in a question: "2020-03-23", "March 2020", "Q1 2020", "2015", "the 2010s"."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from analysis.lexicon.loader import read
from analysis.understanding import calendar
from analysis.understanding.calendar import DAY, Span, months_back
from analysis.understanding.reading import Item, Reading

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LEADING = (
    "the", "of", "a", "in", "year", "calendar year", "the year", "the calendar year", "full year",
    "month of", "the month of", *_WEEKDAYS,
)  # fmt: skip
_DIGITS = re.compile(r"\d+")


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A span and the items it covers: [start, end)."""

    span: Span
    start: int
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class Spans:
    """Reads spans at a position; `last` is "today"."""

    reading: Reading
    last: dt.date

    def at(self, i: int, year: int | None = None) -> Found | None:
        """The span that starts at item `i`; `year` completes a month or quarter without one."""
        begin, i = i, self.reading.skip(i, words=_LEADING)
        item = self.reading.at(i)
        if item.used:
            return None
        span, end = self._read(item, i, year)
        weekday = any(skipped.is_("weekday_name") for skipped in self.reading.items[begin:i])
        if span is None or (weekday and span.kind != "day"):
            return None  # "Fridays in 2020" are more than the year
        return Found(span, begin, end)

    def _read(self, item: Item, i: int, year: int | None) -> tuple[Span | None, int]:
        for rule in (self._date, self._month, self._part, self._edge, self._named, self._ago):
            span, end = rule(item, i, year)
            if span:
                return span, end
        return self._year(item, i)

    def _date(self, item: Item, i: int, year: int | None) -> tuple[Span | None, int]:
        if item.kind not in ("iso", "slashed", "month"):
            return None, i
        parts = [int(part) for part in _DIGITS.findall(item.raw)]
        if item.kind == "month":
            return calendar.month(parts[1], parts[0]), i + 1
        if item.kind == "slashed":
            return _day_span(*_american(parts)), i + 1
        return _day_span(*parts), i + 1

    def _month(self, item: Item, i: int, year: int | None) -> tuple[Span | None, int]:
        """ "March 2020", "March 23, 2020", "23 March 2020", "23rd of March 2020"."""
        if (day := self._day_number(i)) is not None:
            j = self.reading.skip(i + 1, words=("of",))
            month = self._month_number(j)
            found, end = self._year_after(j + 1, year) if month else (None, i)
            return (_day_span(found, month, day), end) if found and month else (None, i)
        month = self._month_number(i)
        if month is None:
            return None, i
        day = self._day_number(i + 1)
        if day is not None:
            found, end = self._year_after(i + 2, year)
            if found:
                return _day_span(found, month, day), end
        found, end = self._year_after(i + 1, year)
        return (calendar.month(month, found), end) if found else (None, i)

    def _month_number(self, i: int) -> int | None:
        item = self.reading.at(i)
        return int(item.tags["month_name"]) if item.is_("month_name") else None

    def _day_number(self, i: int) -> int | None:
        item = self.reading.at(i)
        if item.number is None or not 1 <= item.number <= 31:
            return None
        written = item.kind == "number" and item.unit in ("", "ordinal") and len(item.text) <= 2
        return int(item.number) if written or item.is_("ordinal") else None

    def _year_after(self, i: int, default: int | None) -> tuple[int | None, int]:
        i = self.reading.skip(i, words=("of", "in", "year", "the"))
        item = self.reading.at(i)
        number = year_number(item)
        if number:
            return number, i + 1
        if item.is_("ytd") and item.text in ("this year", "current year"):
            return self.last.year, i + 1
        if item.is_("relative", "last_year"):
            return self.last.year - 1, i + 1
        return default, i

    def _part(self, item: Item, i: int, year: int | None) -> tuple[Span | None, int]:
        """ "Q1 2020", "2020 Q1", "the first half of 2020"."""
        number, after = year_number(item), self.reading.at(i + 1)
        for part in ("quarter_name", "half_name"):
            if item.is_(part):
                found, end = self._year_after(i + 1, year)
                return (_part_of(part, int(item.tags[part]), found), end) if found else (None, i)
            if number and after.is_(part):
                return _part_of(part, int(after.tags[part]), number), i + 2
        return None, i

    def _edge(self, item: Item, i: int, year: int | None) -> tuple[Span | None, int]:
        """ "the end of 2020" is a day."""
        edge = item.tags.get("edge")
        found = self.at(i + 1) if edge else None
        if not found or not edge:
            return None, i
        day = found.span.base if edge == "start" else found.span.end
        label = f"{item.raw} {found.span.label}"
        return Span(day, day, label, "day"), found.end

    def _named(self, item: Item, i: int, year: int | None) -> tuple[Span | None, int]:
        if item.is_("episode"):
            episode = read("windows")["episodes"][item.tags["episode"]]
            if self.reading.at(i + 1).text in ("low", "bottom", "trough"):
                label = f"the low of {episode['label']}"
                return Span(episode["end"], episode["end"], label, "day"), i + 2
            span = Span(episode["start"], episode["end"], episode["label"], "episode")
            return span, i + 1
        if item.is_("decade_name"):
            return calendar.decade(int(item.tags["decade_name"])), i + 1
        if item.is_("relative", "last_year"):
            return calendar.year(self.last.year - 1), i + 1
        if item.is_("ytd"):
            return calendar.year(self.last.year), i + 1
        return None, i

    def _ago(self, item: Item, i: int, year: int | None) -> tuple[Span | None, int]:
        """ "10 years ago" is a day."""
        count, unit, end = amount_of_time(self.reading, i)
        if not count or not self.reading.at(end).is_("ago"):
            return None, i
        day = before(self.last, count, unit)
        return (Span(day, day, f"{count:g} {unit}s ago", "day"), end + 1) if day else (None, i)

    def _year(self, item: Item, i: int) -> tuple[Span | None, int]:
        number = year_number(item)
        if number is None or self.reading.at(i + 1).is_("money"):
            return None, i
        return calendar.year(number), i + 1


def amount_of_time(reading: Reading, i: int) -> tuple[int, str, int]:
    """ "5 years", "5y", "a year", "two decades" at item `i`: count, unit and the next index."""
    item = reading.at(i)
    if item.used:
        return 0, "", i
    if item.number is not None and item.unit in ("year", "month", "week", "day", "quarter"):
        return _whole(item.number), item.unit, i + 1
    counted = item.number is not None and not item.unit and item.number == int(item.number)
    j = reading.skip(i + 1, words=("-", "full", "whole", "calendar")) if counted else i
    unit = reading.at(j)
    if not unit.is_("unit") or not (counted or item.is_("unit")):
        return 0, "", i
    count = _whole(item.number) if counted and item.number is not None else 1
    return count, unit.tags["unit"], j + 1


def _whole(number: float) -> int:
    return int(number) if 0 < number <= 1000 and number == int(number) else 0


def before(day: dt.date, count: int, unit: str) -> dt.date | None:
    """`count` units before `day`; None where the calendar has no such day."""
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120}.get(unit)
    if months:
        return months_back(day, months * count)
    days = {"day": 1, "week": 7}.get(unit)
    return day - DAY * days * count if days else None


def year_number(item: Item) -> int | None:
    """2015, where it is a bare number of four digits from 1900 to 2100."""
    if item.kind != "number" or item.unit or item.number is None or len(item.text) != 4:
        return None
    return int(item.number) if item.text.isdigit() and 1900 <= item.number <= 2100 else None


def _part_of(part: str, number: int, year: int) -> Span:
    return calendar.quarter(number, year) if part == "quarter_name" else calendar.half(number, year)


def _american(parts: list[int]) -> tuple[int, int, int]:
    """3/23/2020 or 23.3.2020; where both readings exist, the day is not taken (0)."""
    first, second, year = parts
    if first > 12:
        return year, second, first
    if second > 12 or first == second:
        return year, first, second
    return year, 0, 0


def _day_span(year: int, month: int, day: int) -> Span | None:
    date = calendar.date_of(year, month, day)
    return calendar.day(date) if date else None
