"""When: a window as a part of a sentence."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from analysis.intent import Window

if TYPE_CHECKING:
    from analysis.market_facts import MarketFacts

_READY = ("since ", "until ", "from ", "before ", "after ", "over ", "in ", "during ", "between ")
_OVER = {"default", "trailing", "all"}


def phrase(window: Window, facts: MarketFacts) -> str:
    """ "over the last 5 years (2017-12-28 to 2022-12-28)"."""
    start, end = dates(window, facts)
    if window.rule == "range":
        return f"from {start} to {end}"
    return f"{named(window)} ({start} to {end})"


def dates(window: Window, facts: MarketFacts) -> tuple[dt.date, dt.date]:
    """First and last day, cut to what the data has."""
    start = max(window.start or facts.first_date, facts.first_date)
    return start, min(window.end, facts.last_date)


def named(window: Window) -> str:
    """The window's label behind its preposition: "in 2022", "over the last 5 years"."""
    if window.rule == "all":
        return "over the whole history"
    label = window.label.strip() or "window"
    lowered = label[0].lower() + label[1:] if label[:4] in ("Last", "Past", "The ") else label
    if lowered.lower().startswith(_READY):
        return lowered[0].lower() + lowered[1:]
    if window.rule in _OVER:
        return f"over the {lowered.removeprefix('the ')}"
    if lowered == "YTD":
        lowered = "year to date"
    lowered = lowered.removeprefix("the ")
    article = "the " if lowered[0].islower() or window.rule == "decade" else ""
    return f"in {article}{lowered}"


def moment(window: Window, facts: MarketFacts) -> str:
    """For figures of one day, such as RSI: "on 28 December 2022"."""
    _, end = dates(window, facts)
    return f"on {end.day} {end:%B %Y}"
