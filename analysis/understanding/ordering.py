"""Order and number: "top 5", "lowest", "the three best", "worst 10 days"."""

from __future__ import annotations

from analysis.metrics import METRICS
from analysis.understanding.bounds import SEVERITIES
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.steps import find_step

MOST = 100
_FALLS = (
    "drop", "fall", "decline", "crash", "slump", "plunge", "dip", "sell off", "selloff",
    "collapse", "slide", "tumble",
)  # fmt: skip
ORDERING = ("order", "vague", "listed", "ranked")
_GROUPS = ("industry", "sector", "family")
_ALL = ("all", "every", "each")
_LITERAL = ("ascending", "asc", "descending", "desc", "in ascending order", "in descending order")


def find_order(draft: Draft) -> None:
    _singles(draft)
    _falls(draft)
    _ranked(draft)
    _limits(draft)
    find_step(draft)
    _sides(draft)
    _vague(draft)


def _singles(draft: Draft) -> None:
    """ "the single worst day": the word adds nothing to the superlative after it."""
    for i, item in enumerate(draft.reading.items):
        after = draft.reading.at(i + 1)
        if item.text == "single" and _orders(after):
            item.used = True


def _falls(draft: Draft) -> None:
    """ "worst drop", "biggest crash": as a noun, and without a period, it is the max drawdown."""
    reading = draft.reading
    if reading.free("unit") or reading.has("frequency"):
        return
    for i, item in enumerate(reading.items):
        before = reading.at(i - 1)
        losing = item.text == "loss" and len(draft.tickers) == 1 and not draft.scoped
        noun = (item.text in _FALLS or losing) and not item.used
        if noun and before.is_any("vague", "order"):
            item.used = before.used = True
            mild = before.is_("order", "low") or before.text == "best"
            draft.side = "low" if mild else "high"
            draft.add_metric("max_drawdown")


def _ranked(draft: Draft) -> None:
    """ "gainers", "fell the most": the total return and its direction in one word."""
    for item in draft.reading.free("ranked"):
        item.used = True
        side = "high" if item.is_("ranked", "up", "least_down") else "low"
        if draft.ranked and draft.side != side:
            _both_ends(draft)
            return
        draft.ranked, draft.side = item.tags["ranked"], side


def _both_ends(draft: Draft) -> None:
    """ "Biggest winners and losers": the whole ranking shows both."""
    draft.ranked, draft.side = "up", "high"
    draft.limit = min(MOST, len(draft.facts.stocks()))
    draft.notes.append("All stocks are shown, from the biggest winner to the biggest loser.")


def _limits(draft: Draft) -> None:
    """A small whole number beside a word of ordering or beside "stocks"."""
    for i, item in enumerate(draft.reading.items):
        if item.used or not _countable(item) or draft.limit is not None:
            continue
        before, after = draft.reading.before(i), draft.reading.after(i)
        listed = after.is_any("universe", *_GROUPS) or after.is_("shape", "pairs")
        if listed or _orders(before) or _orders(after):
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


def everyone(draft: Draft, words: tuple[str, ...] = _ALL) -> int | None:
    """ "all stocks", "every stock", "each sector": nobody is left out of the table."""
    for i, item in enumerate(draft.reading.items):
        after = draft.reading.after(i, ("of", "the", "your", "these"))
        if item.text in words and after.is_any("universe", *_GROUPS):
            return min(MOST, max(10, len(draft.facts.stocks())))
    return None


def _orders(item: Item) -> bool:
    return item.is_any(*ORDERING) and item.text not in ("more", "less")


def _claim_listing(item: Item, draft: Draft) -> None:
    """ "top" and "bottom" say the side themselves only where nothing else does."""
    listing = item.text in ("top", "bottom", "first", "last", "leading")
    if listing and item.is_("listed") and not item.used:
        item.used = True
        draft.listed = item.tags["listed"]


def _sides(draft: Draft) -> None:
    for i, item in enumerate(draft.reading.items):
        if item.used or not item.is_("order") or _is_other_end(draft, item):
            continue
        if item.text == "top" and _vague_top(draft, i):
            continue
        side = item.tags["order"]
        if draft.side is None:
            draft.side, item.used = side, True
        elif draft.side == side or item.text == "top":
            item.used = True


def _is_other_end(draft: Draft, item: Item) -> bool:
    """ "Top and bottom 3" are two lists."""
    return item.text in ("top", "bottom") and draft.listed not in (None, item.text)


def _vague_top(draft: Draft, i: int) -> bool:
    """ "top stocks" asks for quality; "top 5 by volatility" does not."""
    return not any(
        k.is_("metric") or (k.is_("order") and k is not draft.reading.items[i])
        for k in draft.reading.items
    )


def _vague(draft: Draft) -> None:
    for item in draft.reading.free("vague"):
        kind = item.tags["vague"]
        if draft.vague in (None, kind) and not _is_other_end(draft, item):
            draft.vague, item.used = kind, True


def order_of(metric: str, draft: Draft) -> str:
    """ "desc" or "asc" by value. The biggest drawdown is the most negative one; the best
    volatility is the lowest one."""
    if draft.vague in ("best", "worst") and draft.side is None:
        return _by_quality(metric, draft.vague == "best")
    if draft.vague in ("safest", "riskiest", "stable", "wild") and draft.side is None:
        mild = (draft.vague in ("safest", "stable")) == (metric in SEVERITIES)
        return "desc" if mild else "asc"
    if draft.ranked in ("up", "down") and metric in SEVERITIES:
        return "desc" if draft.ranked == "up" else "asc"
    side = draft.side or ("low" if draft.listed == "bottom" else "high")
    literal = any(i.is_("order") and i.used and i.text in _LITERAL for i in draft.reading.items)
    near_high = metric in ("high_52w", "all_time_high") and not (draft.side or draft.listed)
    if metric in SEVERITIES and not literal and not near_high:
        side = "low" if side == "high" else "high"
    return "desc" if side == "high" else "asc"


def _by_quality(metric: str, best: bool) -> str:
    better = METRICS[metric].better if metric in METRICS else "high"
    high = better != "low"
    return "desc" if high == best else "asc"
