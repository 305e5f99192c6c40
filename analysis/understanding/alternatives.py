"""Conditions of which one is enough: "volatility over 40 % or a drawdown deeper than 50 %"."""

from __future__ import annotations

import itertools

from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.stopping import refuse

_GROUPS = ("sector", "industry", "family")
_BESIDE = ("the", "a", "stock", "company", "name", "sector", "in", "of")


def find_alternatives(draft: Draft) -> None:
    """All conditions are joined by "and", or all by "or"; a mixture has several meanings."""
    places = sorted(draft.bound_at)
    gaps = [draft.reading.items[end:start] for (_, end), (start, _) in itertools.pairwise(places)]
    either = [gap for gap in gaps if _says(gap, "or")]
    if not either:
        return
    if any(_says(gap, "and") or _says(gap, "but") for gap in gaps):
        nearest = "stocks with volatility under 20 % or beta under 0.5"
        refuse(draft, "unsupported", "conditions joined by both “and” and “or”", nearest)
    draft.any_of = True
    _claim_or(gaps)


def _says(gap: list[Item], word: str) -> bool:
    return any(item.text.split()[0] == word for item in gap)


def _claim_or(gaps: list[list[Item]]) -> None:
    for item in itertools.chain.from_iterable(gaps):
        item.used = item.used or item.text == "or"


def join_groups(draft: Draft) -> None:
    """ "energy or tech stocks with a Sharpe above 0.5": the stocks of both take part."""
    reading = draft.reading
    for i, item in enumerate(reading.items):
        sides = (reading.before(i, _BESIDE), reading.after(i, _BESIDE))
        if item.text == "or" and all(map(_is_group, sides)):
            item.used = True


def _is_group(item: Item) -> bool:
    return item.used and item.is_any(*_GROUPS)
