"""Comparisons in disguise: "doubled", "lost money", "fell 20 %"."""

from __future__ import annotations

import dataclasses

from analysis.intent import Condition, Operator
from analysis.understanding.bounds import MOVE, amount_at, condition_of, negated
from analysis.understanding.conditions import yearly
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item

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
        if item.used or not item.is_("move") or item.text in ("do", "did"):
            continue
        amount = amount_at(draft, draft.reading.skip(i + 1, words=("by", "of")))
        if amount is None or amount.unit not in ("%", "fraction"):
            continue
        draft.reading.claim(*range(i, amount.end))
        condition = condition_of(draft, item, "ge", amount, None)
        if yearly(draft, amount.end):
            condition = dataclasses.replace(condition, metric="cagr")
        draft.conditions.append(negated(draft, i, condition))
        draft.bound_at.append((i, amount.end))
        draft.notes.append(f'I took "{item.raw} {amount.value:g} %" as at least that much.')


def _outcomes(draft: Draft) -> None:
    for i, item in enumerate(draft.reading.items):
        if item.used or not item.is_("outcome") or _most_signed(draft, i):
            continue
        op, value = _OUTCOMES[item.tags["outcome"]]
        condition = Condition(_claim_figure(draft.reading.after(i, ("total",))), op, value)
        item.used = True
        draft.conditions.append(negated(draft, i, condition))
        draft.bound_at.append((i, i + 1))


def _claim_figure(item: Item) -> str:
    """ "positive Sharpe" names the figure that is positive."""
    name = MOVE
    if item.is_("metric") and not item.used:
        name, item.used = item.tags["metric"], True
    elif item.is_("annual", "return"):
        name, item.used = "cagr", True
    return name


def _most_signed(draft: Draft, i: int) -> bool:
    """ "most negatively skewed" is an order, not a condition."""
    item, before, after = (draft.reading.at(j) for j in (i, i - 1, i + 1))
    signed = item.text in ("positive", "negative", "positively", "negatively")
    if not signed or before.text != "most" or not after.is_("metric"):
        return False
    item.used = before.used = True
    draft.side = "high" if item.text.startswith("positive") else "low"
    return True
