"""Conditions: "volatility under 20 %", "more than 5 %", "between 0.8 and 1.2", "doubled"."""

from __future__ import annotations

import dataclasses

from analysis.intent import Condition, Operator
from analysis.metrics import METRICS, metric
from analysis.understanding.draft import Draft, Stop
from analysis.understanding.reading import Item
from analysis.understanding.refusing import refusal

# Metrics whose values are negative by definition but are spoken of as sizes ("a 30 % drawdown").
SEVERITIES = frozenset(
    [
        "max_drawdown",
        "current_drawdown",
        "var_95",
        "cvar_95",
        "high_52w",
        "all_time_high",
        "worst_day",
    ]
)
MOVE = "move"  # the metric of "fell more than 5 %" until the shape is known
_OPS: dict[str, Operator] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_FLIPPED: dict[Operator, Operator] = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_INVERSE: dict[Operator, Operator] = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_FILLER = (
    "a",
    "an",
    "the",
    "of",
    "is",
    "was",
    "are",
    "were",
    "be",
    "that",
    "with",
    "by",
    "to",
    "at",
    "in",
    "it",
    "has",
    "had",
    "have",
    "been",
    "being",
    "its",
    "their",
    "which",
    "who",
    "value",
    "also",
    "either",
    "somewhere",
    "rate",
    "ratio",
    "level",
    "about",
    "around",
    "roughly",
    "figure",
    "number",
    "reading",
    "score",
    "and",
    "but",
)


_FILLER_BEFORE = ("a", "an", "the", "with", "had", "has", "have", "also")


@dataclasses.dataclass(frozen=True, slots=True)
class Amount:
    value: float
    unit: str  # "%", "fraction", "$" or ""
    end: int


def find_conditions(draft: Draft) -> None:
    """Claims every comparison with a number, and the outcomes that are comparisons in disguise."""
    for i, item in enumerate(draft.reading.items):
        if not item.used and "compare_op" in item.tags:
            _comparison(draft, i)


def _comparison(draft: Draft, i: int) -> None:
    op = draft.reading.items[i].tags["compare_op"]
    if op == "between":
        _between(draft, i)
    elif draft.reading.items[i].text.startswith("or "):
        _after_number(draft, i, op)
    else:
        amount = amount_at(draft, i + 1)
        if amount and not _timed(draft, amount.end):
            _bind(draft, i, amount.end, op, amount, None)
        elif amount is None:
            _against_name(draft, i, op)


def _against_name(draft: Draft, i: int, op: str) -> None:
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


def _asks_stocks(draft: Draft) -> bool:
    """ "stocks above their 200-day average": a screen, not the state of one stock."""
    items = draft.reading.items
    named = any("company" in item.tags for item in items)
    return any(item.is_("universe") for item in items) and not named


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


def _between(draft: Draft, i: int) -> None:
    first = amount_at(draft, i + 1)
    middle = draft.reading.at(first.end) if first else None
    if first is None or middle is None or middle.text not in ("and", "to", "-"):
        return
    second = amount_at(draft, first.end + 1)
    if second is None or _timed(draft, second.end):
        return
    shared = first.unit or second.unit
    pair = [dataclasses.replace(a, unit=shared) for a in (first, second)]
    _bind(draft, i, second.end, "between", pair[0], pair[1])


def _after_number(draft: Draft, i: int, op: str) -> None:
    """ "20 % or more": the number stands before the comparison."""
    j = i - 1
    if (item := draft.reading.at(j)) is not None and item.is_("percent"):
        j -= 1
    amount = amount_at(draft, j)
    if amount is not None and not draft.reading.items[j].used:
        _bind(draft, j, i + 1, op, amount, None)


def amount_at(draft: Draft, i: int) -> Amount | None:
    """A number and its unit at item `i`; articles and "about" are passed over."""
    i = draft.reading.skip(i, words=("a", "an", "the", "about", "of", "minus"))
    item = draft.reading.at(i)
    if item is None or item.number is None or item.used:
        return None
    after = draft.reading.at(i + 1)
    if after is not None and after.is_("percent"):
        return Amount(item.number, "%", i + 2)
    if after is not None and after.is_("money"):
        return Amount(item.number, "$", i + 2)
    return Amount(item.number, item.unit, i + 1)


def _timed(draft: Draft, end: int) -> bool:
    """ "more than 5 years", "over 10 days in a row": a length of time, no threshold."""
    after = draft.reading.at(end)
    before = draft.reading.at(end - 1)
    counted = before is not None and before.unit in ("year", "month", "day", "week", "quarter")
    return counted or (
        after is not None
        and after.is_("unit")
        and not (before is not None and before.is_("percent"))
    )


def _bind(draft: Draft, i: int, end: int, op: str, low: Amount, high: Amount | None) -> None:
    subject = _subject_before(draft, i)
    if subject is None:
        subject = _subject_after(draft, end)
    if subject is None and draft.subject is not None and _continues(draft, i):
        subject = draft.subject
    if subject is None:
        return
    draft.reading.claim(*range(i, end), subject)
    draft.reading.items[i].tags.pop("beat", None)
    _claim_but(draft, min(i, subject))
    draft.subject = subject
    item = draft.reading.items[subject]
    condition = negated(draft, min(i, subject), condition_of(draft, item, op, low, high))
    if condition.metric in (MOVE, "total_return") and yearly(draft, end):
        condition = dataclasses.replace(condition, metric="cagr")
    draft.conditions.append(condition)
    draft.moved = draft.moved or ("move" in item.tags and "metric" not in item.tags)


def yearly(draft: Draft, end: int) -> bool:
    """ "returning over 15 % a year": a yearly rate, so the CAGR."""
    first, second = draft.reading.at(end), draft.reading.at(end + 1)
    if first is not None and first.is_("by", "year") and not first.used:
        first.used = True
        return True
    if (
        first is not None
        and first.text in ("a", "per")
        and second is not None
        and second.text == "year"
    ):
        second.used = True
        return True
    return False


def _claim_but(draft: Draft, i: int) -> None:
    """ "volatility under 20 % but a Sharpe over 1" joins two conditions."""
    joint = draft.reading.at(draft.reading.skip(i - 1, step=-1, words=_FILLER_BEFORE))
    if draft.conditions and joint is not None and joint.text in ("but", "yet", "while"):
        joint.used = True


def _subject_before(draft: Draft, i: int) -> int | None:
    j = i - 1
    while (item := draft.reading.at(j)) is not None:
        if _is_subject(item):
            return j
        level = item.used and item.number is not None  # "VaR 95 worse than"
        passed = level or item.is_("percent") or item.is_("company")
        if item.text not in _FILLER and not passed:
            return None
        j -= 1
    return None


def _subject_after(draft: Draft, end: int) -> int | None:
    j = draft.reading.skip(end, words=_FILLER)
    item = draft.reading.at(j)
    if item is not None and item.is_("frequency"):
        item = draft.reading.at(j + 1)
        j += 1
    return j if item is not None and _is_subject(item) and not item.used else None


def _is_subject(item: Item) -> bool:
    if item.used and "metric" not in item.tags and "move" not in item.tags:
        return False
    plain = (
        item.stop
        and "metric" not in item.tags
        and item.text in ("do", "did", "done", "doing", "doe")
    )
    return bool({"metric", "move", "annual"} & item.tags.keys()) and not plain


def _continues(draft: Draft, i: int) -> bool:
    """ "volatility under 20 % and above 10 %"."""
    before = draft.reading.at(i - 1)
    return before is not None and before.text in ("and", "but", "or")


def condition_of(draft: Draft, item: Item, op: str, low: Amount, high: Amount | None) -> Condition:
    name = _metric_of(item)
    down = item.tags.get("move") in ("down", "loss") and "metric" not in item.tags
    value = _value(draft, name, low)
    upper = _value(draft, name, high) if high else None
    sized = (down or name in SEVERITIES) and value >= 0
    if op == "worse":
        op = "gt" if sized else "lt"
    if op == "between":
        return _range(name, value, upper if upper is not None else value, sized)
    operator = _OPS[op]
    if sized:
        return Condition(name, _FLIPPED[operator], -value)
    return Condition(name, operator, value)


def _range(name: str, first: float, second: float, sized: bool) -> Condition:
    bounds = sorted((-first, -second) if sized else (first, second))
    return Condition(name, "between", bounds[0], bounds[1])


def _metric_of(item: Item) -> str:
    if "metric" in item.tags:
        return {"bollinger": "bollinger_upper"}.get(item.tags["metric"], item.tags["metric"])
    if "annual" in item.tags:
        return "cagr"
    return MOVE


def _value(draft: Draft, name: str, amount: Amount) -> float:
    """The number as the metric's own unit: shares as fractions, whatever they were written as."""
    kind = "percent" if name == MOVE else metric(name).format
    if amount.unit in ("$", "k") and kind != "money":
        raise Stop(
            refusal(
                "unsupported",
                draft,
                label=f"a sum of money against the {_label(name)}",
            )
        )
    if amount.unit == "%":
        return round(amount.value / 100, 10)
    if kind == "percent" and amount.unit != "fraction" and abs(amount.value) >= 1.5:
        return round(amount.value / 100, 10)
    return amount.value


def _label(name: str) -> str:
    return METRICS[name].label.lower() if name in METRICS else "return"


def negated(draft: Draft, i: int, condition: Condition) -> Condition:
    """ "did not fall more than 10 %" turns the comparison around."""
    for j in (i - 1, i - 2):
        item = draft.reading.at(j)
        if item is not None and item.text == "not" and not item.used and condition.op != "between":
            item.used = True
            return dataclasses.replace(condition, op=_INVERSE[condition.op])
    return condition
