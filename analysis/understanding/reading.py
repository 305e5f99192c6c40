"""A question as the rules see it: items, and ways to look around among them and to claim them.

Rules claim the items that they explain. What no rule claims, and the stop list does not hold, is
left over: the residual rule then asks or refuses.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from analysis.understanding.names import Names

ARTICLES = ("a", "an", "the")


@dataclasses.dataclass(slots=True)
class Item:
    """`tags`: what the phrase may stand for; `number` with its `unit` ("%", "$", "year"…)."""

    text: str
    raw: str
    end: int  # the index of the token after it
    tags: dict[str, str]
    number: float | None = None
    unit: str = ""
    kind: str = "word"
    apart: bool = False  # a comma or semicolon stands before it
    used: bool = False

    def is_(self, tag: str, *meanings: str | None) -> bool:
        """Whether it may stand for that, in one of these meanings where any are given."""
        return tag in self.tags and (not meanings or self.tags[tag] in meanings)

    def is_any(self, *tags: str) -> bool:
        return any(tag in self.tags for tag in tags)

    @property
    def stop(self) -> bool:
        return "stop" in self.tags

    @property
    def moves(self) -> bool:
        """A verb of rising or falling; the empty "do" of "how did it do" is none."""
        return "move" in self.tags and not self.stop


@dataclasses.dataclass(slots=True)
class Reading:
    """The items of one question, in order. Those that a rule has not claimed are free."""

    items: list[Item]
    names: Names

    def has(self, tag: str, *meanings: str | None) -> bool:
        return self.find(tag, *meanings) is not None

    def find(self, tag: str, *meanings: str | None) -> int | None:
        """The index of the first item with that tag."""
        found = (i for i, item in enumerate(self.items) if item.is_(tag, *meanings))
        return next(found, None)

    def free(self, tag: str, *meanings: str | None) -> list[Item]:
        """The free items with that tag."""
        return [item for item in self.items if item.is_(tag, *meanings) and not item.used]

    def take(self, tag: str, *meanings: str | None) -> bool:
        """Claims every free item with that tag; says whether there was one."""
        return _claim_all(self.free(tag, *meanings))

    def take_words(self, *texts: str) -> bool:
        """Claims every free item of these texts; says whether there was one."""
        return _claim_all(item for item in self.items if item.text in texts and not item.used)

    def claim(self, *indexes: int) -> None:
        for i in indexes:
            self.items[i].used = True

    def at(self, i: int) -> Item:
        """The item at an index; outside the question an item that is nothing."""
        return self.items[i] if 0 <= i < len(self.items) else Item("", "", i, {}, kind="outside")

    def before(self, i: int, past: tuple[str, ...] = ARTICLES) -> Item:
        """The item before `i`, past a few empty words."""
        return self.at(self.skip(i - 1, step=-1, words=past))

    def after(self, i: int, past: tuple[str, ...] = ARTICLES) -> Item:
        return self.at(self.skip(i + 1, words=past))

    def skip(self, i: int, step: int = 1, words: tuple[str, ...] = ARTICLES) -> int:
        """The next index at or after `i` that is not one of a few empty words."""
        while self.at(i).text in words:
            i += step
        return i

    def moves(self) -> list[Item]:
        """The free verbs of rising or falling."""
        return [item for item in self.free("move") if item.moves]

    def left_over(self) -> list[Item]:
        return [item for item in self.items if not item.used and not item.stop]


def _claim_all(items: Iterable[Item]) -> bool:
    found = list(items)
    for item in found:
        item.used = True
    return bool(found)
