"""Order and number: "top 5", "lowest", "the three best", "worst 10 days"."""

from __future__ import annotations

from analysis.metrics import METRICS
from analysis.understanding.conditions import SEVERITIES
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item

MOST = 100
_FALLS = ("drop", "fall", "decline", "crash", "slump", "plunge", "dip", "sell off", "selloff", "collapse", "slide", "tumble")
_ORDERING = ("order", "vague", "listed", "ranked")


def find_order(draft: Draft) -> None:
    _falls(draft)
    _ranked(draft)
    _limits(draft)
    _steps(draft)
    _sides(draft)
    _vague(draft)


def _falls(draft: Draft) -> None:
    """"worst drop", "biggest crash": as a noun, and without a period, it is the max drawdown."""
    reading = draft.reading
    if any(i.tags.get("unit") and not i.used or "frequency" in i.tags for i in reading.items):
        return
    for i, item in enumerate(reading.items):
        before = reading.at(i - 1)
        noun = item.text in _FALLS and not item.used and before is not None
        if noun and before is not None and ("vague" in before.tags or "order" in before.tags):
            item.used = before.used = True
            draft.side = "low" if before.tags.get("order") == "low" else "high"
            if "listed" in before.tags and before.text in ("best",):
                draft.side = "low"
            draft.add_metric("max_drawdown")


def _ranked(draft: Draft) -> None:
    """ "gainers", "fell the most": the total return and its direction in one word."""
    for item in draft.reading.items:
        if not item.used and "ranked" in item.tags:
            item.used = True
            kind = item.tags["ranked"]
            draft.ranked = kind
            draft.side = "high" if kind in ("up", "least_down") else "low"


def _limits(draft: Draft) -> None:
    """A small whole number beside a word of ordering or beside "stocks"."""
    for i, item in enumerate(draft.reading.items):
        if item.used or not _countable(item):
            continue
        before = draft.reading.at(draft.reading.skip(i - 1, step=-1))
        after = draft.reading.at(draft.reading.skip(i + 1))
        if (
            _orders(before)
            or _orders(after)
            or (after is not None and (after.is_("universe") or after.is_("shape", "pairs")))
        ):
            draft.limit = int(item.number or 0)
            item.used = True
            _claim_listing(before, draft)


def _countable(item: Item) -> bool:
    number = item.number
    return (
        number is not None
        and item.unit == ""
        and number == int(number)
        and 1 <= number <= MOST
        and not item.stop
    )


def _orders(item: Item | None) -> bool:
    return (
        item is not None
        and any(tag in item.tags for tag in _ORDERING)
        and item.text not in ("more", "less")
    )


def _claim_listing(item: Item | None, draft: Draft) -> None:
    """ "top" and "bottom" say the side themselves only where nothing else does."""
    if item is None or "listed" not in item.tags or item.used:
        return
    if item.text in ("top", "bottom", "first", "last", "leading"):
        item.used = True
        draft.listed = item.tags["listed"]


def _steps(draft: Draft) -> None:
    """ "best day", "worst 10 months", "biggest one-day drop": the period of an extreme."""
    for i, item in enumerate(draft.reading.items):
        if (
            item.used
            or "unit" not in item.tags
            or item.tags["unit"] not in ("day", "trading_day", "week", "month", "quarter", "year")
        ):
            continue
        j = i - 1
        while (before := draft.reading.at(j)) is not None and (
            before.text
            in (
                "single",
                "one",
                "calendar",
                "trading",
                "-",
                "1",
                "up",
                "down",
                "the",
                "individual",
                "ever",
            )
            or before.used
            and before.number is not None
        ):
            j -= 1
        if before is not None and (
            "vague" in before.tags
            or "order" in before.tags
            or before.used
            and before.text in ("top", "bottom")
        ):
            draft.period = item.tags["unit"].replace("trading_", "")
            draft.reading.claim(
                *[k for k in range(j + 1, i + 1) if "move" not in draft.reading.items[k].tags]
            )
            draft.extreme = True
            for k in range(j + 1, i):
                if draft.reading.items[k].is_("move"):
                    draft.reading.claim(k)
                    draft.move = draft.reading.items[k].tags["move"]
            return


def _sides(draft: Draft) -> None:
    for i, item in enumerate(draft.reading.items):
        if item.used or "order" not in item.tags:
            continue
        if item.text == "top" and _vague_top(draft, i):
            continue
        side = item.tags["order"]
        if draft.side is None:
            draft.side, item.used = side, True
        elif draft.side == side or item.text == "top":
            item.used = True


def _vague_top(draft: Draft, i: int) -> bool:
    """ "top stocks" asks for quality; "top 5 by volatility" does not."""
    return not any(
        k.is_("metric") or k.is_("order") and k is not draft.reading.items[i]
        for k in draft.reading.items
    )


def _vague(draft: Draft) -> None:
    for item in draft.reading.items:
        if item.used or "vague" not in item.tags:
            continue
        kind = item.tags["vague"]
        if draft.vague in (None, kind):
            draft.vague, item.used = kind, True


def order_of(metric: str, draft: Draft) -> str:
    """ "desc" or "asc" by value. The biggest drawdown is the most negative one; the best
    volatility is the lowest one."""
    if draft.vague in ("best", "worst") and draft.side is None:
        return _by_quality(metric, draft.vague == "best")
    if draft.vague in ("safest", "riskiest", "stable", "wild") and draft.side is None:
        mild = (draft.vague in ("safest", "stable")) == (metric in SEVERITIES)
        return "desc" if mild else "asc"
    side = draft.side or ("low" if draft.listed == "bottom" else "high")
    if metric in SEVERITIES:
        side = "low" if side == "high" else "high"
    return "desc" if side == "high" else "asc"


def _by_quality(metric: str, best: bool) -> str:
    better = METRICS[metric].better if metric in METRICS else "high"
    high = better != "low"
    return "desc" if high == best else "asc"
