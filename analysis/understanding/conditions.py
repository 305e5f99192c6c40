"""Conditions: "volatility under 20 %", "more than 5 %", "between 0.8 and 1.2"."""

from __future__ import annotations

import dataclasses

from analysis.understanding.bounds import MOVE, Amount, amount_at, condition_of, negated
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.yardsticks import against_name, find_yardsticks

_FILLER = (
    "a", "an", "the", "of", "is", "was", "are", "were", "be", "that", "with", "by", "to", "at",
    "in", "it", "has", "had", "have", "been", "being", "its", "their", "which", "who", "value",
    "also", "either", "somewhere", "rate", "ratio", "level", "about", "around", "roughly",
    "figure", "number", "reading", "score", "and", "but",
)  # fmt: skip
_DOING = ("do", "did", "done", "doing", "doe")
_FILLER_BEFORE = ("a", "an", "the", "with", "had", "has", "have", "also")


def find_conditions(draft: Draft) -> None:
    """Claims every comparison with a number, a stock's figure or an average."""
    find_yardsticks(draft)
    for i, item in enumerate(draft.reading.items):
        if not item.used and item.is_("compare_op"):
            _comparison(draft, i)


def _comparison(draft: Draft, i: int) -> None:
    op = draft.reading.items[i].tags["compare_op"]
    if op == "between":
        _between(draft, i)
    elif draft.reading.items[i].text.startswith("or "):
        if not _after_number(draft, i, op):
            _alternative(draft, i, op)
    else:
        amount = amount_at(draft, i + 1)
        if amount and not _timed(draft, amount.end):
            _bind(draft, i, amount.end, op, amount, None)
        elif amount is None:
            against_name(draft, i, op)


def _between(draft: Draft, i: int) -> None:
    first = amount_at(draft, i + 1)
    if first is None or draft.reading.at(first.end).text not in ("and", "to", "-"):
        return
    second = amount_at(draft, first.end + 1)
    if second is None or _timed(draft, second.end):
        return
    shared = first.unit or second.unit
    pair = [dataclasses.replace(a, unit=shared) for a in (first, second)]
    _bind(draft, i, second.end, "between", pair[0], pair[1])


def _after_number(draft: Draft, i: int, op: str) -> bool:
    """ "20 % or more": the number stands before the comparison."""
    j = i - 2 if draft.reading.at(i - 1).is_("percent") else i - 1
    amount = amount_at(draft, j)
    if amount is None or draft.reading.at(j).used:
        return False
    _bind(draft, j, i + 1, op, amount, None)
    return True


def _alternative(draft: Draft, i: int, op: str) -> None:
    """ "beta under 0.5 or above 1.5": another bound for the same figure, not "0.5 or above"."""
    amount = amount_at(draft, i + 1)
    if amount is not None and draft.subject is not None and not _timed(draft, amount.end):
        draft.reading.claim(*range(i, amount.end))
        strict = {"ge": "gt", "le": "lt"}[op]
        _add(draft, draft.subject, (i + 1, amount.end), strict, amount, None)


def _timed(draft: Draft, end: int) -> bool:
    """ "more than 5 years", "over 10 days in a row": a length of time, no threshold."""
    last, after = draft.reading.at(end - 1), draft.reading.at(end)
    counted = last.unit in ("year", "month", "day", "week", "quarter")
    return counted or (after.is_("unit") and not last.is_("percent"))


def _bind(draft: Draft, i: int, end: int, op: str, low: Amount, high: Amount | None) -> None:
    """To the figure before it, after it, or of the condition before."""
    subject = _subject_before(draft, i)
    if subject is None:
        subject = _subject_after(draft, end)
    place = (i, end) if subject is None else (min(i, subject), max(end, subject + 1))
    if subject is None and _continues(draft, i):
        subject = draft.subject
    if subject is None:
        return
    draft.reading.claim(*range(i, end), subject)
    draft.reading.items[i].tags.pop("beat", None)
    _claim_but(draft, place[0])
    _add(draft, subject, place, op, low, high)


def _add(
    draft: Draft, subject: int, place: tuple[int, int], op: str, low: Amount, high: Amount | None
) -> None:
    """`place` is where the condition begins and ends in the question."""
    item = draft.reading.items[subject]
    condition = negated(draft, place[0], condition_of(draft, item, op, low, high))
    if condition.metric in (MOVE, "total_return") and yearly(draft, place[1]):
        condition = dataclasses.replace(condition, metric="cagr")
    draft.bound_at.append(place)
    draft.subject = subject
    draft.conditions.append(condition)


def yearly(draft: Draft, end: int) -> bool:
    """ "returning over 15 % a year": a yearly rate, so the CAGR."""
    first, second = draft.reading.at(end), draft.reading.at(end + 1)
    if first.is_("by", "year") and not first.used:
        first.used = True
        return True
    if first.text in ("a", "per") and second.text == "year":
        second.used = True
        return True
    return False


def _claim_but(draft: Draft, i: int) -> None:
    """ "volatility under 20 % but a Sharpe over 1" joins two conditions."""
    joint = draft.reading.before(i, _FILLER_BEFORE)
    if draft.conditions and joint.text in ("but", "yet", "while"):
        joint.used = True


def _subject_before(draft: Draft, i: int) -> int | None:
    for j in range(i - 1, -1, -1):
        item = draft.reading.items[j]
        if _is_subject(item):
            return j
        level = item.used and item.number is not None  # "VaR 95 worse than"
        if item.text not in _FILLER and not (level or item.is_any("percent", "company")):
            return None
    return None


def _subject_after(draft: Draft, end: int) -> int | None:
    j = draft.reading.skip(end, words=_FILLER)
    if draft.reading.at(j).is_("frequency"):
        j += 1
    item = draft.reading.at(j)
    return j if _is_subject(item) and not item.used else None


def _is_subject(item: Item) -> bool:
    if item.used and not item.is_any("metric", "move"):
        return False
    empty = item.stop and not item.is_("metric") and item.text in _DOING
    return item.is_any("metric", "move", "annual") and not empty


def _continues(draft: Draft, i: int) -> bool:
    """ "volatility under 20 % and above 10 %"."""
    return draft.reading.at(i - 1).text in ("and", "but", "or")
