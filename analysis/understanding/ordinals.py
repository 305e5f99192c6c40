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
    """A free ordinal, "second" or "3rd", from the second place on."""
    number = item.number
    if item.used or item.unit != "ordinal" or number is None:
        return False
    return number == int(number) and 2 <= number <= MOST


def _orders(draft: Draft, i: int) -> bool:
    """Before a superlative, or after a word of ranking."""
    superlative = draft.reading.after(i, ("-", "place", "ranked")).is_any(*ORDERING)
    return superlative or draft.reading.before(i).text in _PLACED


def _claim_verb(draft: Draft, i: int) -> None:
    """ "came second by Sharpe": the verb belongs to the place."""
    before = draft.reading.before(i)
    if before.text in _PLACED:
        before.used = True
