"""Drawdowns with their dates, and the highest and lowest closes."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding import defaults
from analysis.understanding.building import build
from analysis.understanding.counts import claim_period
from analysis.understanding.draft import Draft
from analysis.understanding.subject import subject


def drawdowns(draft: Draft) -> Intent | None:
    """ "Apple's largest drawdowns", "how long did GE take to recover from its worst fall"."""
    reading = draft.reading
    if draft.metrics == ["all_time_high"] or draft.metrics == ["price"]:
        return highest_price(draft)
    falls = "max_drawdown" in draft.metrics or "current_drawdown" in draft.metrics
    recovery = reading.has("shape", "recovery")
    if reading.has("shape", "peak") and not falls and not recovery:
        return _peak(draft)
    several = _plural(draft) or bool(draft.limit)
    dated = several or reading.has("shape", "trough", "when")
    if not (recovery or (falls and dated)) or _is_of_many(draft):
        return None
    reading.take("shape", "recovery", "trough", "when", "peak", "list", "count")
    claim_period(draft)
    reading.take("edge")
    subject(draft)
    draft.vague = None
    return build(draft, "drawdowns", defaults.window(draft), (), limit=10 if several else 1)


def _plural(draft: Draft) -> bool:
    falls = [i for i in draft.reading.items if i.is_("metric", "max_drawdown")]
    return any(item.raw.casefold().endswith("s") for item in falls)


def _is_of_many(draft: Draft) -> bool:
    everyone = draft.universe and not draft.tickers
    return bool(everyone or draft.scoped or draft.conditions or len(draft.tickers) > 1)


def _peak(draft: Draft) -> Intent | None:
    """ "When did GE peak?": the line of its price, whose sentence names the dates of both ends."""
    if not set(draft.metrics) <= {"price", "all_time_high"}:
        return None
    draft.reading.take("shape", "peak", "when", "trough")
    draft.reading.take("move")
    return price_line(draft)


def price_line(draft: Draft) -> Intent:
    """The highest and the lowest close of a stretch, with their dates, are read off the line."""
    subject(draft)
    draft.metrics = ["price"]
    return build(draft, "trend", defaults.window(draft, records=True), ("price",))


def highest_price(draft: Draft) -> Intent | None:
    """ "highest close of MSFT in 2021", "lowest price of GE", "when was AAPL's record high"."""
    dated = draft.reading.has("shape", "when") and draft.metrics == ["all_time_high"]
    turned = draft.metrics == ["price"] and (draft.side or draft.vague)
    if not (dated or turned) or draft.universe or draft.scoped or draft.extreme or draft.conditions:
        return None
    if len(draft.tickers) != 1 or draft.limit:
        return None
    draft.reading.take("shape", "when")
    draft.reading.take("move")
    return price_line(draft)
