"""The period of a record: "best day", "worst 10 months", "which year was best for Apple"."""

from __future__ import annotations

from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item

_STEPS = ("day", "trading_day", "week", "month", "quarter", "year")
_ADJUNCTS = (
    "single", "one", "calendar", "trading", "-", "1", "up", "down", "the", "individual", "ever",
)  # fmt: skip
_COMPARATIVES = (
    "longer", "shorter", "higher", "lower", "larger", "bigger", "smaller", "greater", "deeper",
    "shallower",
)  # fmt: skip
_EXTREME_WORDS = ("vague", "ranked", "order")
_COUNTING = ("most", "fewest", "least", "more", "less", "fewer")


def find_step(draft: Draft) -> None:
    """ "best day", "worst 10 months", "biggest one-day drop": the period of an extreme."""
    for i, item in enumerate(draft.reading.items):
        if item.used or not item.is_("unit", *_STEPS):
            continue
        j = _before_step(draft, i)
        if _turns(draft.reading.at(j)):
            _take_step(draft, j, i)
            return
    _which_period(draft)


def _before_step(draft: Draft, i: int) -> int:
    j = i - 1
    while _is_adjunct(draft.reading.at(j)):
        j -= 1
    return j


def _is_adjunct(item: Item) -> bool:
    return item.text in _ADJUNCTS or (item.used and item.number is not None)


def _turns(item: Item) -> bool:
    """ "worst day" is an extreme; "most days" counts, and "longer: 20 years" compares."""
    if item.text in _COUNTING or item.text in _COMPARATIVES:
        return False
    listed = item.used and item.text in ("top", "bottom")
    return listed or item.is_any("vague", "order")


def _take_step(draft: Draft, j: int, i: int) -> None:
    draft.period = draft.reading.items[i].tags["unit"].replace("trading_", "")
    draft.extreme = True
    for item in draft.reading.items[j + 1 : i + 1]:
        item.used = True
        if item.is_("move"):
            draft.move = item.tags["move"]


def _which_period(draft: Draft) -> None:
    """ "which year was best for Apple", "on what day did KO fall the most"."""
    items = draft.reading.items
    if not any(item.is_any(*_EXTREME_WORDS) for item in items):
        return
    for i, item in enumerate(items):
        asked = item.is_("unit") and draft.reading.at(i - 1).text in ("which", "what")
        dayed = item.is_("shape", "when") and "day" in item.text.split()
        if item.used or not (asked or dayed) or (asked and _timeless(draft, item)):
            continue
        item.used = True
        draft.period = item.tags.get("unit", "day").replace("trading_", "")
        draft.extreme = True
        return


def _timeless(draft: Draft, item: Item) -> bool:
    """ "which month is best" is about every year's month, "which month was best" about one."""
    if item.tags["unit"] == "weekday":
        return True
    present = any(i.text in ("is", "are", "tend", "do", "doe") for i in draft.reading.items)
    return item.tags["unit"] == "month" and present
