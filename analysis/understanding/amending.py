"""Fragments that amend one thing of the question before: a level, a bound, a yardstick."""

from __future__ import annotations

import dataclasses

from analysis.intent import Condition, Intent
from analysis.metrics import metric
from analysis.understanding.bounds import MOVE, amount_at, condition_of
from analysis.understanding.building import ORDERED
from analysis.understanding.draft import Draft
from analysis.understanding.ordinals import is_place
from analysis.understanding.reading import Item

_LEVELLED = {"var_95", "cvar_95"}
_YARDSTICKS = ("against", "relative to", "measured against", "benchmarked against")


def amend(draft: Draft, previous: Intent) -> None:
    """Claims what only makes sense beside the question before; the rest is left to others."""
    if draft.metrics:
        return
    _place(draft, previous)
    _length(draft)
    _level(draft, previous)
    _yearly(draft, previous)
    _yardstick(draft, previous)
    _bound(draft, previous)


def _place(draft: Draft, previous: Intent) -> None:
    """ "And the second one?" after a ranking."""
    if previous.shape not in ORDERED or previous.param("group_by") or draft.position:
        return
    for i, item in enumerate(draft.reading.items):
        if is_place(item):
            item.used = True
            draft.position = int(item.number or 0)
            after = draft.reading.at(i + 1)
            after.used = after.used or after.is_("universe")
            return


def _length(draft: Draft) -> None:
    """ "Longer: twenty years": the stretch says how much."""
    for item in draft.reading.items:
        if item.text in ("longer", "shorter") and draft.windows:
            item.used, draft.side = True, None


def _level(draft: Draft, previous: Intent) -> None:
    """ "At 99 %" after a value at risk."""
    if not _LEVELLED & set(previous.metrics) or draft.conditions:
        return
    for i, item in enumerate(draft.reading.items):
        amount = amount_at(draft, i) if item.number is not None else None
        if amount is None or not 90 <= amount.value < 100 or amount.unit not in ("%", "ordinal"):
            continue
        draft.reading.claim(*range(i, amount.end))
        draft.reading.take("setting", "confidence")
        draft.params["confidence"] = round(amount.value / 100, 6)


def _yearly(draft: Draft, previous: Intent) -> None:
    """ "Annualised" after a total return."""
    returned = previous.metrics == ("total_return",)
    if returned and draft.reading.take_words("annualised", "annualized"):
        draft.add_metric("cagr")


def _yardstick(draft: Draft, previous: Intent) -> None:
    """ "Against MSFT" after a beta names another benchmark, no second subject."""
    relative = previous.metrics and all(metric(m).needs_benchmark for m in previous.metrics)
    first = draft.reading.items[0]
    alone = len(draft.tickers) == 1 and len(previous.tickers) == 1
    if relative and alone and first.text in _YARDSTICKS:
        first.used = True
        draft.params["benchmark"] = draft.tickers.pop()


def _bound(draft: Draft, previous: Intent) -> None:
    """ "How about under 0.6" after a screen: another bound for its last condition."""
    if previous.shape != "screen" or draft.conditions:
        return
    subject = Item("", "", 0, {"metric": previous.conditions[-1].metric})
    for i, item in enumerate(draft.reading.items):
        amount = amount_at(draft, i + 1)
        op = item.tags.get("compare_op", "between")
        if not item.used and op != "between" and amount is not None:
            draft.reading.claim(*range(i, amount.end))
            draft.conditions.append(condition_of(draft, subject, op, amount, None))


def joined(before: tuple[Condition, ...], added: list[Condition]) -> list[Condition]:
    """Conditions add up; another bound on the same side of the same figure replaces the old."""
    sides = {(c.metric, c.op[0]) for c in added}
    return [*(c for c in before if (c.metric, c.op[0]) not in sides), *added]


def only_moves(draft: Draft, previous: Intent) -> bool:
    """ "Rose more than 5 %" after a count, "losing?" after a streak."""
    moved = bool(draft.reading.moves())
    bounded = bool(draft.conditions) and all(c.metric == MOVE for c in draft.conditions)
    other = draft.metrics or draft.extreme or draft.ranked or draft.calendar or draft.averages
    fits = bounded if previous.shape == "count" else moved and previous.shape == "streaks"
    return fits and not other


def moves(draft: Draft, previous: Intent) -> tuple[Condition, ...]:
    """The moves of a fragment as conditions of the count before."""
    name = previous.conditions[0].metric if previous.conditions else MOVE
    found = tuple(dataclasses.replace(c, metric=name) for c in draft.conditions)
    draft.conditions = []
    return found


def direction(draft: Draft) -> str | None:
    """Which way the streaks of a fragment go."""
    for item in draft.reading.moves():
        item.used = True
        return "up" if item.is_("move", "up") else "down"
    return None
