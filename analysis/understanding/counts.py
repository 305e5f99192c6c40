"""Counts of days, weeks, months or years that met a condition, and their dates."""

from __future__ import annotations

import dataclasses

from analysis.intent import Condition, Intent
from analysis.understanding import defaults
from analysis.understanding.bounds import MOVE
from analysis.understanding.building import build
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.stopping import refuse
from analysis.understanding.subject import subject

PERIODS = ("day", "week", "month", "quarter", "year")
ADJECTIVES = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
    "quarterly": "quarter",
}
_COUNTED = (MOVE, "total_return", "day_return", "week_return")


def count(draft: Draft) -> Intent | None:
    """ "how many days did the index fall more than 3 %", "how often did KO rise 2 % in a week"."""
    unit = _period_at(draft)
    if not _counts(draft, unit) or _counts_stocks(draft) or not _countable(draft):
        return None
    reading, period = draft.reading, unit or "day"
    dated = reading.has("shape", "when", "list") and not reading.has("shape", "count")
    reading.take("shape", "count", "times", "when", "list")
    conditions = tuple(_of_period(c, period) for c in draft.conditions) or (_sign(draft, period),)
    claim_period(draft)
    subject(draft)
    draft.conditions = []
    if dated:
        order = "asc" if conditions[0].op.startswith("<") else "desc"
        return build(
            draft, "extremes", defaults.window(draft, records=True), (),
            conditions=conditions, period=period, order=order, limit=50,
        )  # fmt: skip
    return build(
        draft, "count", defaults.window(draft, records=period == "year"), (),
        conditions=conditions, period=period,
        order="asc" if draft.side == "low" else "desc", limit=max(10, len(draft.tickers)),
    )  # fmt: skip


def _counts(draft: Draft, unit: str | None) -> bool:
    """A word of counting, a move within a period, or an order of stocks by their days."""
    reading = draft.reading
    said = reading.has("shape", "count", "times")
    often = any(i.text in ("how often", "how frequently") for i in reading.items)
    moved = bool(draft.conditions) and draft.conditions[0].metric == MOVE
    noun = any(i.is_("unit") and not i.used for i in reading.items)
    ranked = bool(draft.side or draft.limit) and noun and not draft.extreme
    dated = unit is not None and (moved or reading.has("shape", "when"))
    stepped = unit is not None or often or reading.has("shape", "times")
    return stepped and (said or dated or ranked)


def _of_period(condition: Condition, period: str) -> Condition:
    if condition.metric in _COUNTED:
        return dataclasses.replace(condition, metric=f"{period}_return")
    return condition


def _counts_stocks(draft: Draft) -> bool:
    reading = draft.reading
    i = reading.find("shape", "count")
    if i is None or reading.items[i].text == "number of day":
        return False
    return reading.at(i + 1).is_("universe")


def _countable(draft: Draft) -> bool:
    bounded = bool(draft.conditions) and draft.conditions[0].metric in _COUNTED
    return bounded or bool(_moves(draft))


def _moves(draft: Draft) -> list[Item]:
    done = ("do", "did", "done")
    return [item for item in draft.reading.free("move") if item.text not in done]


def _sign(draft: Draft, period: str) -> Condition:
    """ "how many days did it fall": below zero."""
    for item in _moves(draft):
        item.used = True
        return Condition(f"{period}_return", ">" if item.is_("move", "up") else "<", 0.0)
    refuse(draft, "unsupported", f"a count of {period}s without a threshold")


def _period_at(draft: Draft) -> str | None:
    if draft.period in PERIODS and not draft.calendar:
        return draft.period
    for item in draft.reading.items:
        if item.is_("shape", "count") and item.text.endswith("day"):
            return "day"
        if item.is_("shape", "when") and {"day", "date"} & set(item.text.split()):
            return "day"
        unit = item.tags.get("unit", "").replace("trading_", "")
        if not item.used and unit in PERIODS:
            return unit
        if not item.used and item.is_("frequency", *ADJECTIVES):
            return ADJECTIVES[item.tags["frequency"]]
    return None


def claim_period(draft: Draft) -> None:
    for tag in ("unit", "frequency", "move", "by"):
        draft.reading.take(tag)
