"""Seasonality: what is typical of a month or a weekday."""

from __future__ import annotations

import itertools

from analysis.intent import Intent
from analysis.understanding import defaults
from analysis.understanding.building import build
from analysis.understanding.calendar import MONTHS
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.stopping import ask
from analysis.understanding.subject import subject

_SAID_OF_A_SEASON = (
    "month_name", "weekday_name", "typical", "average", "frequency", "by", "everything", "unit",
    "move", "order",
)  # fmt: skip
_STRETCHES = ("month", "year", "quarter", "range", "ytd")


def seasonality(draft: Draft) -> Intent | None:
    """ "average December return of WMT", "seasonality of KO", "best weekday for Apple"."""
    months, days = _free(draft, "month_name"), _free(draft, "weekday_name")
    quarters = _free(draft, "quarter_name")
    weekday = bool(draft.reading.free("unit", "weekday"))
    if not (months or days or quarters or weekday or _seasonal(draft)):
        return None
    usual = _usual(draft)
    if months and draft.window is not None and draft.window.rule in _STRETCHES and not usual:
        return None
    if quarters and draft.window is None:
        _ask_year(draft, quarters[0].raw.replace(" ", ""))
    figure = draft.average or draft.metrics or draft.ranked or draft.reading.has("move")
    if months and not (figure or usual):
        return None
    if months and not days and draft.window is None and not usual:
        _ask_year(draft, months[0].raw)
    _claim_season(draft)
    subject(draft)
    named = [*map(_month, months), *(item.tags["weekday_name"].capitalize() for item in days)]
    period = "weekday" if days or weekday or _weekday_effect(draft) else "month"
    window = defaults.window(draft, records=True)
    return build(draft, "seasonality", window, (), period=period, season=", ".join(named) or None)


def _free(draft: Draft, tag: str) -> list[Item]:
    return [item for item in draft.reading.free(tag) if item.text != "may"]


def _seasonal(draft: Draft) -> bool:
    """Said outright, or "typically" beside a period, or an average by month."""
    steps = bool(draft.reading.free("unit")) or draft.reading.has("by")
    typical = steps and (draft.reading.has("typical") or _which_month(draft))
    return draft.reading.has("shape", "seasonality") or typical or _average_period(draft)


def _usual(draft: Draft) -> bool:
    """What is asked for is the typical month, not one of them."""
    said = draft.reading.has("typical") or draft.reading.has("shape", "seasonality")
    return said or draft.average is not None


def _month(item: Item) -> str:
    return MONTHS[int(item.tags["month_name"]) - 1]


def _which_month(draft: Draft) -> bool:
    """ "which month is best for the market"."""
    asked = any(
        before.text in ("which", "what") and item.is_("unit", "month", "weekday") and not item.used
        for before, item in itertools.pairwise(draft.reading.items)
    )
    return asked and bool(draft.vague or draft.side or draft.ranked)


def _average_period(draft: Draft) -> bool:
    return draft.average == "mean" and draft.calendar and draft.period == "month"


def _weekday_effect(draft: Draft) -> bool:
    return any("weekday" in i.text or "day of the week" in i.text for i in draft.reading.items)


def _ask_year(draft: Draft, month: str) -> None:
    year = draft.facts.last_date.year
    choices = tuple((f"{month} {y}", f"{month} {y}") for y in (year, year - 1, year - 2))
    ask("window", f"Which {month.capitalize()} do you mean?", choices)


def _claim_season(draft: Draft) -> None:
    for tag in _SAID_OF_A_SEASON:
        draft.reading.take(tag)
    draft.reading.take("shape", "seasonality", "when")
    draft.group_by = None
