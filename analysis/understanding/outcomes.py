"""Comparisons in disguise: "doubled", "lost money", "fell 20 %"."""

from __future__ import annotations

import dataclasses

from analysis.intent import Condition, Operator
from analysis.understanding.bounds import MOVE, amount_at, condition_of, negated
from analysis.understanding.conditions import yearly
from analysis.understanding.draft import Draft

_OUTCOMES: dict[str, tuple[Operator, float]] = {
    "doubled": (">=", 1.0), "tripled": (">=", 2.0), "quadrupled": (">=", 3.0),
    "halved": ("<=", -0.5), "positive": (">", 0.0), "negative": ("<", 0.0),
}  # fmt: skip


def find_outcomes(draft: Draft) -> None:
    _plain_moves(draft)
    _outcomes(draft)


def _plain_moves(draft: Draft) -> None:
    """ "stocks that fell 20 %" means at least that much."""
    for i, item in enumerate(draft.reading.items):
        if item.used or "move" not in item.tags or item.text in ("do", "did"):
            continue
        amount = amount_at(draft, draft.reading.skip(i + 1, words=("by", "of")))
        if amount is not None and amount.unit in ("%", "fraction"):
            draft.reading.claim(*range(i, amount.end))
            condition = condition_of(draft, item, "ge", amount, None)
            if yearly(draft, amount.end):
                condition = dataclasses.replace(condition, metric="cagr")
            draft.conditions.append(negated(draft, i, condition))
            draft.bound_at.append((i, amount.end))
            draft.notes.append(f'I took "{item.raw} {amount.value:g} %" as at least that much.')


def _outcomes(draft: Draft) -> None:
    for i, item in enumerate(draft.reading.items):
        if item.used or "outcome" not in item.tags:
            continue
        if _most_signed(draft, i):
            continue
        op, value = _OUTCOMES[item.tags["outcome"]]
        after = draft.reading.at(draft.reading.skip(i + 1, words=("total",)))
        name = MOVE
        if after is not None and "metric" in after.tags and not after.used:
            name, after.used = after.tags["metric"], True
        elif after is not None and after.tags.get("annual") == "return":
            name, after.used = "cagr", True
        item.used = True
        draft.conditions.append(negated(draft, i, Condition(name, op, value)))
        draft.bound_at.append((i, i + 1))


def _most_signed(draft: Draft, i: int) -> bool:
    """ "most negatively skewed" is an order, not a condition."""
    item, before = draft.reading.items[i], draft.reading.at(i - 1)
    after = draft.reading.at(i + 1)
    if (
        item.text not in ("positive", "negative", "positively", "negatively")
        or before is None
        or before.text != "most"
    ):
        return False
    if after is None or "metric" not in after.tags:
        return False
    item.used = before.used = True
    draft.side = "high" if item.text.startswith("positive") else "low"
    return True
