"""A place in an order: "the second most volatile", "2nd lowest beta", "runner-up by Sharpe"."""

from __future__ import annotations

from analysis.understanding.draft import Draft
from analysis.understanding.ordering import MOST, ORDERING
from analysis.understanding.reading import Item

_PLACED = ("come", "came", "finished", "placed", "rank", "ranked", "ranking")


def find_position(draft: Draft) -> None:
    """The first place counts as "the best"; it needs no position."""
    for i, item in enumerate(draft.reading.items):
        if is_place(item) and (_orders(draft, i) or item.text.startswith("runner")):
            item.used = True
            draft.position = int(item.number or 0)
            _claim_verb(draft, i)
            return


def is_place(item: Item) -> bool:
    number = item.number
    if item.used or item.unit != "ordinal" or number is None:
        return False
    return number == int(number) and 2 <= number <= MOST


def _orders(draft: Draft, i: int) -> bool:
    """Before a superlative, or after a word of ranking."""
    after = draft.reading.at(draft.reading.skip(i + 1, words=("-", "place", "ranked")))
    before = draft.reading.at(draft.reading.skip(i - 1, step=-1))
    superlative = after is not None and any(tag in after.tags for tag in ORDERING)
    return superlative or (before is not None and before.text in _PLACED)


def _claim_verb(draft: Draft, i: int) -> None:
    """ "came second by Sharpe": the verb belongs to the place."""
    before = draft.reading.at(draft.reading.skip(i - 1, step=-1))
    if before is not None and before.text in _PLACED:
        before.used = True
