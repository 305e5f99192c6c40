"""Bounds: an amount with its unit, and the condition that it makes of a metric."""

from __future__ import annotations

import dataclasses

from analysis.intent import Condition, Operator
from analysis.metrics import METRICS, metric
from analysis.understanding import defaults
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.stopping import refuse

# Metrics whose values are negative by definition but are spoken of as sizes ("a 30 % drawdown").
SEVERITIES = frozenset([
    "max_drawdown", "current_drawdown", "var_95", "cvar_95", "high_52w", "all_time_high",
    "worst_day",
])  # fmt: skip
MOVE = "move"  # the metric of "fell more than 5 %" until the shape is known
_OPS: dict[str, Operator] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
FLIPPED: dict[Operator, Operator] = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_INVERSE: dict[Operator, Operator] = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


@dataclasses.dataclass(frozen=True, slots=True)
class Amount:
    """A number as it was written; `end` is the index of the item after it."""

    value: float
    unit: str  # "%", "fraction", "$" or ""
    end: int


def amount_at(draft: Draft, i: int) -> Amount | None:
    """A number and its unit at item `i`; articles and "about" are passed over."""
    i = draft.reading.skip(i, words=("a", "an", "the", "about", "of", "minus"))
    item, after = draft.reading.at(i), draft.reading.at(i + 1)
    if item.number is None or item.used:
        return None
    if after.is_("percent"):
        return Amount(item.number, "%", i + 2)
    if after.is_("money"):
        return Amount(item.number, "$", i + 2)
    return Amount(item.number, item.unit, i + 1)


def condition_of(draft: Draft, item: Item, op: str, low: Amount, high: Amount | None) -> Condition:
    """`op` is gt, ge, lt, le, between or worse, as the lexicon has them.

    Falls are told as sizes and stored as what they are: "fell more than 5 %" is a return < -0.05.
    """
    name = metric_of(item)
    down = item.is_("move", "down", "loss") and not item.is_("metric")
    value = _value(draft, name, low)
    upper = _value(draft, name, high) if high else None
    sized = (down or name in SEVERITIES) and value >= 0
    if op == "worse":
        op = "gt" if sized else "lt"
    if op == "between":
        return _range(name, value, upper if upper is not None else value, sized)
    operator = _OPS[op]
    if sized:
        return Condition(name, FLIPPED[operator], -value)
    return Condition(name, operator, value)


def _range(name: str, first: float, second: float, sized: bool) -> Condition:
    bounds = sorted((-first, -second) if sized else (first, second))
    return Condition(name, "between", bounds[0], bounds[1])


def metric_of(item: Item) -> str:
    """The metric that an item names; of "fell" it is not known yet."""
    if item.is_("metric"):
        return {"bollinger": "bollinger_upper"}.get(item.tags["metric"], item.tags["metric"])
    if item.is_("annual"):
        return "cagr"
    return MOVE


def _value(draft: Draft, name: str, amount: Amount) -> float:
    """The number as the metric's own unit: shares as fractions, whatever they were written as."""
    kind = "percent" if name == MOVE else metric(name).format
    if amount.unit in ("$", "k") and kind != "money":
        refuse(draft, "unsupported", f"a sum of money against the {_label(name)}")
    if amount.unit == "%":
        return round(amount.value / 100, 10)
    if kind == "percent" and amount.unit != "fraction" and abs(amount.value) >= 1.5:
        return round(amount.value / 100, 10)
    return amount.value


def _label(name: str) -> str:
    return METRICS[name].label.lower() if name in METRICS else "return"


def negated(draft: Draft, i: int, condition: Condition) -> Condition:
    """ "did not fall more than 10 %" turns the comparison around; "never fell" is about the path,
    so about the drawdown."""
    for j in (i - 1, i - 2):
        item = draft.reading.at(j)
        if item.used or condition.op == "between":
            continue
        if item.text == "not":
            item.used = True
            return dataclasses.replace(condition, op=_INVERSE[condition.op])
        if item.text == "never" and condition.metric == MOVE and condition.value < 0:
            item.used = True
            draft.window = draft.window or defaults.whole(draft)
            return dataclasses.replace(condition, metric="max_drawdown", op=_INVERSE[condition.op])
    return condition
