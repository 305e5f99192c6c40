"""Seasonality: what is typical of a month or a weekday."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding import defaults
from analysis.understanding.building import ask, build
from analysis.understanding.draft import Draft
from analysis.understanding.subject import subject

_STRETCHES = ("month", "year", "quarter", "range", "ytd")


def seasonality(draft: Draft) -> Intent | None:
    """ "average December return of WMT", "seasonality of KO", "best weekday for Apple"."""
    reading = draft.reading
    months = [i for i in reading.items if i.is_("month_name") and not i.used and i.text != "may"]
    days = [i for i in reading.items if i.is_("weekday_name") and not i.used]
    quarters = [i for i in reading.items if i.is_("quarter_name") and not i.used]
    typical = (reading.has("typical") or _which_month(draft)) and any(
        (i.is_("unit") and not i.used) or i.is_("by") for i in reading.items
    )
    weekday = any(i.is_("unit", "weekday") and not i.used for i in reading.items)
    if not (
        reading.has("shape", "seasonality")
        or months
        or days
        or quarters
        or typical
        or weekday
        or _average_period(draft)
    ):
        return None
    usual = draft.average or reading.has("typical") or reading.has("shape", "seasonality")
    if months and draft.window is not None and draft.window.rule in _STRETCHES and not usual:
        return None
    if quarters and draft.window is None:
        _ask_year(draft, quarters[0].raw.replace(" ", ""))
    if months and not (
        draft.average
        or reading.has("typical")
        or draft.metrics
        or reading.has("move")
        or draft.ranked
    ):
        return None
    if (
        (months or days)
        and draft.window is None
        and not (
            draft.average or reading.has("typical") or days or reading.has("shape", "seasonality")
        )
    ):
        _ask_year(draft, months[0].raw)
    _claim_season(draft)
    subject(draft)
    named = [item.raw.capitalize() for item in (*months, *days)]
    period = "weekday" if days or weekday or _weekday_effect(draft) else "month"
    return build(
        draft, "seasonality", defaults.window(draft, records=True), (),
        period=period, season=", ".join(named) or None, order=(draft.side and "desc") or "desc",
    )  # fmt: skip


def _which_month(draft: Draft) -> bool:
    """ "which month is best for the market"."""
    items = draft.reading.items
    asked = any(
        i.tags.get("unit") in ("month", "weekday")
        and not i.used
        and items[k - 1].text in ("which", "what")
        for k, i in enumerate(items)
        if k
    )
    return asked and bool(draft.vague or draft.side or draft.ranked)


def _average_period(draft: Draft) -> bool:
    return draft.average == "mean" and draft.calendar and draft.period == "month"


def _weekday_effect(draft: Draft) -> bool:
    return any("weekday" in i.text or "day of the week" in i.text for i in draft.reading.items)


def _ask_year(draft: Draft, month: str) -> None:
    year = draft.facts.last_date.year
    choices = tuple((f"{month} {y}", f"{month} {y}") for y in (year, year - 1, year - 2))
    ask(draft, "window", f"Which {month.capitalize()} do you mean?", choices)


def _claim_season(draft: Draft) -> None:
    reading = draft.reading
    for tag in (
        "month_name",
        "weekday_name",
        "typical",
        "average",
        "frequency",
        "by",
        "everything",
    ):
        reading.take(tag)
    for tag in ("seasonality", "when"):
        reading.take("shape", tag)
    reading.take("unit")
    reading.take("move")
    reading.take("order")
    draft.group_by = None
