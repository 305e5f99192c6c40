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
    dated = any(reading.has("shape", tag) for tag in ("recovery", "trough", "when"))
    falls = "max_drawdown" in draft.metrics or "current_drawdown" in draft.metrics
    if reading.has("shape", "peak") and not falls and not reading.has("shape", "recovery"):
        return _peak(draft)
    plural = any(
        i.is_("metric", "max_drawdown") and i.raw.casefold().endswith("s") for i in reading.items
    )
    if not ((falls and (dated or plural or draft.limit)) or reading.has("shape", "recovery")):
        return None
    if (
        (draft.universe and len(draft.tickers) != 1)
        or draft.scoped
        or draft.conditions
        or len(draft.tickers) > 1
    ):
        return None
    for tag in ("recovery", "trough", "when", "peak", "list", "count"):
        reading.take("shape", tag)
    claim_period(draft)
    reading.take("edge")
    subject(draft)
    draft.vague = None
    single = not (plural or draft.limit)
    return build(draft, "drawdowns", defaults.window(draft), (), limit=1 if single else 10)


def _peak(draft: Draft) -> Intent | None:
    """ "When did GE peak?": the line of its price, whose sentence names the dates of both ends."""
    if not set(draft.metrics) <= {"price", "all_time_high"}:
        return None
    for tag in ("peak", "when", "trough"):
        draft.reading.take("shape", tag)
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
