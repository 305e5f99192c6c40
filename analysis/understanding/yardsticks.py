"""Comparisons with something named: the index, another stock, a moving average, a high."""

from __future__ import annotations

from analysis.intent import Condition
from analysis.understanding.draft import Draft


def against_name(draft: Draft, i: int, op: str) -> None:
    """ "returned more than the market": beating it; "above its 200-day average": beside it."""
    reading = draft.reading
    j = reading.skip(i + 1, words=("a", "an", "the", "its", "their", "what", "that", "of", "those"))
    if (number := reading.at(j)) is not None and number.number is not None and number.used:
        j += 1  # the days of a moving average
    after, before = reading.at(j), reading.at(i - 1)
    if after is None or op not in ("gt", "ge", "lt", "le"):
        return
    average = after.is_("moving_average") or (after.used and after.number is not None)
    if average and draft.averaged:
        _against_average(draft, i, op)
        return
    if "company" in after.tags and before is not None and "move" in before.tags:
        up = (before.tags["move"] == "up") == (op in ("gt", "ge"))
        before.tags.pop("stop", None)
        reading.items[i].tags["beat"] = "beat" if up else "lag"
        before.used = True
        draft.move = before.tags["move"]
    elif after.tags.get("metric") in (
        "all_time_high",
        "high_52w",
        "low_52w",
        "current_drawdown",
    ):
        reading.items[i].used = True


def _against_average(draft: Draft, i: int, op: str) -> None:
    """One stock is shown beside its average; of all stocks those on that side are."""
    items = draft.reading.items
    stocks = any(item.is_("universe") or "sector" in item.tags for item in items)
    if stocks and not any("company" in item.tags for item in items):
        if len(draft.averages) != 1:
            return
        name = f"price_to_sma_{draft.averages.pop()}"
        draft.conditions.append(Condition(name, ">" if op in ("gt", "ge") else "<", 0.0))
        draft.averaged = False
    items[i].used = True
