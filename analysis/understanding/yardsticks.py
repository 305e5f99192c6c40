"""Comparisons with something named: the index, another stock, a moving average, a high."""

from __future__ import annotations

from analysis.intent import Condition, Operator
from analysis.metrics import METRICS
from analysis.understanding.bounds import FLIPPED, SEVERITIES, metric_of
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item, Reading

_HIGHS = ("all_time_high", "high_52w", "low_52w", "current_drawdown")
_OPERATORS: dict[str, Operator] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "worse": ">"}
_COMPARATIVES = (
    "more", "less", "higher", "lower", "bigger", "smaller", "larger", "greater", "deeper",
    "shallower", "better", "worse",
)  # fmt: skip
_NAMING = ("a", "an", "the", "that", "those", "of", "what")
_EMPTY = ("a", "an", "the", "of", "is", "are", "was", "were", "has", "have", "had", "its", "their")


def find_yardsticks(draft: Draft) -> None:
    """ "stocks more volatile than AMD", "stocks with a Sharpe above Apple's"."""
    items = draft.reading.items
    named = [i for i, item in enumerate(items) if item.is_("company")]
    grouped = any(item.is_any("universe", "sector", "industry") for item in items)
    if len(named) != 1 or not grouped:
        return
    joint = draft.reading.skip(named[0] - 1, step=-1, words=_NAMING)
    found = _compared(draft.reading, joint)
    if found is None or any(_is_comparative(items[i]) for i in range(len(items)) if i not in found):
        return
    operator = _operator(items[found[0]], items[found[1]])
    if operator is not None:
        ticker = items[named[0]].tags["company"]
        condition = Condition(metric_of(items[found[1]]), operator, 0.0, against=ticker)
        draft.conditions.append(condition)
        draft.bound_at.append((min(found), named[0] + 1))
        draft.reading.claim(*found, named[0])


def _compared(reading: Reading, joint: int) -> tuple[int, int, int] | None:
    """Where the comparative, the metric and the joint stand: "higher beta than", "beta above"."""
    item = reading.at(joint)
    metric = _metric_before(reading, joint)
    if item.used or metric is None:
        return None
    if item.is_("compare_op", *_OPERATORS):
        return joint, metric, joint
    order = reading.skip(metric - 1, step=-1, words=_EMPTY)
    if not item.is_("than") or not _is_comparative(reading.at(order)):
        return None
    return order, metric, joint


def _metric_before(reading: Reading, i: int) -> int | None:
    """Past a stretch of time, empty words and "stocks"."""
    for j in range(i - 1, -1, -1):
        item = reading.items[j]
        if item.is_any("metric", "annual") and not item.used:
            return j if metric_of(item) in METRICS else None
        if not (item.used or item.text in _EMPTY or item.is_("universe")):
            return None
    return None


def _is_comparative(item: Item) -> bool:
    return not item.used and item.text in _COMPARATIVES


def _operator(said: Item, metric: Item) -> Operator | None:
    """ "better" goes by what an investor likes; a bigger fall is a smaller number."""
    name = metric_of(metric)
    if said.text in ("better", "worse") and not said.is_("compare_op"):
        liked = METRICS[name].better
        if liked is None:
            return None
        return ">" if (liked == "high") == (said.text == "better") else "<"
    high: Operator = ">" if said.is_("order", "high") else "<"
    operator = _OPERATORS[said.tags["compare_op"]] if said.is_("compare_op") else high
    return FLIPPED[operator] if name in SEVERITIES else operator


def against_name(draft: Draft, i: int, op: str) -> None:
    """ "returned more than the market": beating it; "above its 200-day average": beside it."""
    reading = draft.reading
    j = reading.skip(i + 1, words=("a", "an", "the", "its", "their", "what", "that", "of", "those"))
    if reading.at(j).number is not None and reading.at(j).used:
        j += 1  # the days of a moving average
    after, before = reading.at(j), reading.at(i - 1)
    if op not in ("gt", "ge", "lt", "le"):
        return
    average = after.is_("moving_average") or (after.used and after.number is not None)
    if average and draft.averaged:
        _against_average(draft, i, op)
        return
    if after.is_("company") and _is_return(before):
        up = (before.tags.get("move", "up") == "up") == (op in ("gt", "ge"))
        reading.items[i].tags["beat"] = "beat" if up else "lag"
        _claim_return(draft, before)
    elif after.is_("metric", *_HIGHS):
        reading.items[i].used = True


def _is_return(item: Item) -> bool:
    return item.is_("move") or item.is_("metric", "total_return")


def _claim_return(draft: Draft, item: Item) -> None:
    """ "returned more", "return more": the figure is the total return."""
    if item.is_("move"):
        item.tags.pop("stop", None)
        item.used, draft.move = True, item.tags["move"]


def _against_average(draft: Draft, i: int, op: str) -> None:
    """One stock is shown beside its average; of all stocks those on that side are."""
    items = draft.reading.items
    stocks = any(item.is_any("universe", "sector") for item in items)
    if stocks and not draft.reading.has("company"):
        if len(draft.averages) != 1:
            return
        name = f"price_to_sma_{draft.averages.pop()}"
        draft.conditions.append(Condition(name, ">" if op in ("gt", "ge") else "<", 0.0))
        draft.averaged = False
    items[i].used = True
