"""Follow-ups to counts, extremes, what-ifs and the like: the fields that were said change."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

from analysis.intent import Condition, Intent, Operator, Window
from analysis.understanding.amending import direction, moves
from analysis.understanding.bounds import Amount, amount_at
from analysis.understanding.counts import ADJECTIVES
from analysis.understanding.draft import Draft
from analysis.understanding.investing import invested_since
from analysis.understanding.residue import check_left_over
from analysis.understanding.shapes import common_words, intent_of
from analysis.understanding.stopping import refuse


def same_window(draft: Draft, previous: Intent) -> Intent:
    """ "And the volatility of MSFT?" names everything but the time."""
    if not draft.windows and not draft.days and not defaulted(previous):
        keep_time(draft, previous)
    return finish(draft)


def keep_time(draft: Draft, previous: Intent) -> None:
    draft.windows = list(previous.windows or (previous.window,))
    draft.window = draft.windows[0]
    draft.side_by_side = bool(previous.windows)


def defaulted(previous: Intent) -> bool:
    """Whether nobody named the time of the question before."""
    return any(a.slot == "window" for a in previous.assumptions)


def finish(draft: Draft) -> Intent:
    intent = intent_of(draft)
    check_left_over(draft)
    return intent


def replaced(draft: Draft, previous: Intent) -> Intent:
    """Shapes of their own (counts, extremes, streaks …): the fields that were said change."""
    common_words(draft)
    if draft.rolling:
        draft.tickers, draft.metrics = list(previous.tickers), list(previous.metrics)
        return same_window(draft, previous)
    changes: dict[str, Any] = {"assumptions": (), **_threshold(draft, previous)}
    if draft.conditions:
        changes["conditions"] = moves(draft, previous)
    if draft.group_by or len(draft.windows) > 1:
        refuse(draft, "unsupported", "that change")
    draft.limit = draft.limit or bare_number(draft)
    changes |= _scope(draft, previous) | _rows(draft, previous) | _time(draft, previous)
    changed = previous.with_params(**_parameters(draft, previous))
    check_left_over(draft)
    return dataclasses.replace(changed, **changes)


def _threshold(draft: Draft, previous: Intent) -> dict[str, Any]:
    """ "More than 3 %" after a count: the same kind of move, another bound."""
    if not previous.conditions:
        return {}
    for i, item in enumerate(draft.reading.items):
        amount = amount_at(draft, i + 1)
        if item.used or not item.is_("compare_op") or amount is None:
            continue
        if not item.is_("compare_op", "gt", "ge"):
            return {}
        draft.reading.claim(*range(i, amount.end))
        strict = item.is_("compare_op", "gt")
        return {"conditions": (_other_bound(previous.conditions[0], amount, strict),)}
    return {}


def _other_bound(old: Condition, amount: Amount, strict: bool) -> Condition:
    value = amount.value / 100 if amount.unit == "%" or amount.value >= 1.5 else amount.value
    falls = old.op.startswith("<") and old.value <= 0
    op = ("<" if falls else ">") + ("" if strict else "=")
    return dataclasses.replace(
        old, op=cast(Operator, op), value=round(-value if falls else value, 10)
    )


def _scope(draft: Draft, previous: Intent) -> dict[str, Any]:
    """Who takes part: a new name replaces a single subject and joins several."""
    changes: dict[str, Any] = {}
    if draft.tickers:
        joins = draft.joining or previous.shape in ("pairs", "matrix") or len(previous.tickers) > 1
        before = previous.tickers if joins else ()
        changes["tickers"] = tuple(dict.fromkeys([*before, *draft.tickers]))
        changes["sector"] = changes["industry"] = None
    if draft.scoped:
        sector = draft.sectors[0] if draft.sectors else None
        industry = None if sector else draft.industries[0]
        changes |= {"tickers": (), "sector": sector, "industry": industry}
    if draft.exclude:
        changes["exclude"] = (*previous.exclude, *draft.exclude)
    return changes


def _rows(draft: Draft, previous: Intent) -> dict[str, Any]:
    """How many rows, in which order."""
    changes: dict[str, Any] = {}
    if draft.limit or draft.position:
        changes["limit"] = 1 if draft.position else draft.limit
    turned = _turned(draft, previous)
    if turned:
        changes["order"] = turned
    return changes


def _time(draft: Draft, previous: Intent) -> dict[str, Any]:
    if draft.days and previous.shape == "price":
        day = draft.days[0]
        return {"window": Window(None, day.end, day.label, "range")}
    if previous.shape == "whatif" and (draft.window or draft.days):
        return {"window": invested_since(draft)}
    return {"window": draft.window} if draft.window else {}


def _parameters(draft: Draft, previous: Intent) -> dict[str, Any]:
    changes = dict(draft.params)
    if draft.limit or draft.position:
        changes["position"] = draft.position
    if draft.days and previous.shape == "price":
        changes["date"] = draft.days[0].end.isoformat()
    if previous.shape == "whatif":
        changes |= _payment(draft)
    if previous.shape == "streaks" and (turn := direction(draft)):
        changes["direction"] = turn
    step = draft.period or _step(draft)
    if step:
        changes["period"] = step
    return changes


def _step(draft: Draft) -> str | None:
    """ "And monthly?" changes the period of calendar returns, counts and extremes."""
    for item in draft.reading.free("frequency", *ADJECTIVES):
        item.used = True
        return ADJECTIVES[item.tags["frequency"]]
    return None


def _payment(draft: Draft) -> dict[str, Any]:
    """ "$500", "monthly instead" after a what-if."""
    found: dict[str, Any] = {}
    for tag, mode in (("save", "monthly"), ("lump", "lump")):
        if draft.reading.take("shape", tag):
            found["mode"] = mode
    for item in draft.reading.items:
        if not item.used and item.number is not None and item.unit in ("$", "k"):
            item.used = True
            found["amount"] = item.number
    return found


def bare_number(draft: Draft) -> int | None:
    """ "Show me 20": how many rows."""
    for item in draft.reading.items:
        number = item.number
        if item.used or item.kind != "number" or number is None or item.unit:
            continue
        if number == int(number) and 1 <= number <= 100:
            item.used = True
            return int(number)
    return None


def _turned(draft: Draft, previous: Intent) -> str | None:
    side = draft.side or {"best": "high", "worst": "low"}.get(draft.vague or "")
    if previous.shape not in ("extremes", "streaks", "drawdowns"):  # there "top 5" is a number
        side = side or {"top": "high", "bottom": "low"}.get(draft.listed or "")
    return {"high": "desc", "low": "asc"}.get(side or "")
