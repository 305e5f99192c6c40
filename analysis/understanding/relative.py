"""Windows that are counted from the last date of the data: "last year", "this quarter"."""

from __future__ import annotations

import datetime as dt

from analysis.understanding import calendar
from analysis.understanding.calendar import Span, months_back, years_back


def relative(name: str, last: dt.date) -> tuple[dt.date | None, dt.date, str, str]:
    """Start, end, label and rule of the window of a phrase (`lexicon/windows.toml`, relative)."""
    quarter = (last.month - 1) // 3 + 1
    previous = months_back(last.replace(day=1), 1) or last
    monday = last - dt.timedelta(days=last.weekday())
    spans: dict[str, Span] = {
        "last_year": calendar.year(last.year - 1),
        "year_before_last": calendar.year(last.year - 2),
        "last_month": calendar.month(previous.month, previous.year),
        "last_quarter": (
            calendar.quarter(quarter - 1, last.year)
            if quarter > 1
            else calendar.quarter(4, last.year - 1)
        ),
        "last_week": Span(
            monday - dt.timedelta(days=8), monday - calendar.DAY, "last week", "range"
        ),
    }
    if name in spans:
        span = spans[name]
        return span.base, span.end, span.label, span.kind
    starts: dict[str, tuple[dt.date | None, str, str]] = {
        "past_year": (years_back(last, 1), "the past year", "trailing"),
        "past_decade": (years_back(last, 10), "last 10 years", "trailing"),
        "past_half": (months_back(last, 6), "last 6 months", "trailing"),
        "past_month": (months_back(last, 1), "the past month", "trailing"),
        "past_quarter": (months_back(last, 3), "last 3 months", "trailing"),
        "past_week": (last - dt.timedelta(days=7), "the past week", "trailing"),
        "this_month": (last.replace(day=1) - calendar.DAY, "this month", "range"),
        "this_quarter": (calendar.quarter(quarter, last.year).base, "this quarter", "range"),
        "this_week": (monday - calendar.DAY, "this week", "range"),
        "this_decade": (
            calendar.year(last.year // 10 * 10).base,
            f"since {last.year // 10 * 10}",
            "since",
        ),
        "this_century": (calendar.year(2000).base, "since 2000", "since"),
    }
    start, label, rule = starts[name]
    return start, last, label, rule
