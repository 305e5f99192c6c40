"""Windows that are counted from the last date of the data: "last year", "this quarter"."""

from __future__ import annotations

import datetime as dt

from analysis.intent import Window
from analysis.understanding import calendar
from analysis.understanding.calendar import DAY, Span, months_back

# Months before the last date, and the label.
_TRAILING = {
    "past_month": (1, "the past month"),
    "past_quarter": (3, "last 3 months"),
    "past_half": (6, "last 6 months"),
    "past_year": (12, "the past year"),
    "past_decade": (120, "last 10 years"),
}


def relative(name: str, last: dt.date) -> Window:
    """The window of a phrase; `name` is its meaning in `lexicon/windows.toml` (relative)."""
    if name in _TRAILING:
        months, label = _TRAILING[name]
        return Window(months_back(last, months), last, label, "trailing")
    span = _finished(last).get(name)
    if span:
        return Window(span.base, span.end, span.label, span.kind)
    start, label, rule = _running(last)[name]
    return Window(start, last, label, rule)


def _finished(last: dt.date) -> dict[str, Span]:
    """The whole years, quarters, months and weeks before the one that `last` is in."""
    before = last.replace(day=1) - DAY
    monday = _monday(last)
    return {
        "last_year": calendar.year(last.year - 1),
        "year_before_last": calendar.year(last.year - 2),
        "last_quarter": _quarter_of(_quarter_of(last).base),
        "last_month": calendar.month(before.month, before.year),
        "last_week": Span(monday - 8 * DAY, monday - DAY, "last week", "range"),
    }


def _running(last: dt.date) -> dict[str, tuple[dt.date, str, str]]:
    """Those that are not over yet: the day before they began, label and rule."""
    decade = last.year // 10 * 10
    return {
        "past_week": (last - 7 * DAY, "the past week", "trailing"),
        "this_week": (_monday(last) - DAY, "this week", "range"),
        "this_month": (last.replace(day=1) - DAY, "this month", "range"),
        "this_quarter": (_quarter_of(last).base, "this quarter", "range"),
        "this_decade": (calendar.year(decade).base, f"since {decade}", "since"),
        "this_century": (calendar.year(2000).base, "since 2000", "since"),
    }


def _monday(day: dt.date) -> dt.date:
    return day - DAY * day.weekday()


def _quarter_of(day: dt.date) -> Span:
    return calendar.quarter((day.month - 1) // 3 + 1, day.year)
