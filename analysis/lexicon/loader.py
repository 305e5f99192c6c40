"""The lexicon: phrases and what they stand for, read once from the TOML files beside this module.

A file holds tables `[tag]` of `meaning = ["phrase", …]`. A phrase may stand under several tags;
which of them counts is decided by the rule that uses the phrase.
"""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from pathlib import Path
from typing import Any

from analysis.understanding.tokens import tokenise

FOLDER = Path(__file__).parent
PHRASE_FILES = ("metrics", "words", "windows", "groups", "refusals")

Phrase = tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Lexicon:
    """`phrases`: token texts → {tag: meaning}; `longest`: tokens of the longest phrase."""

    phrases: dict[Phrase, dict[str, str]]
    longest: int
    vocabulary: frozenset[str]

    def tags(self, phrase: Phrase) -> dict[str, str]:
        return self.phrases.get(phrase, {})


@functools.cache
def lexicon() -> Lexicon:
    """All phrases of all files; read once."""
    phrases: dict[Phrase, dict[str, str]] = {}
    for name in PHRASE_FILES:
        for tag, meanings in read(name).get("phrases", {}).items():
            _add(phrases, tag, meanings)
    words = frozenset(word for phrase in phrases for word in phrase if word.isalpha())
    return Lexicon(phrases, max(map(len, phrases)), words)


def _add(phrases: dict[Phrase, dict[str, str]], tag: str, meanings: dict[str, list[str]]) -> None:
    for meaning, texts in meanings.items():
        for text in texts:
            phrases.setdefault(phrase_of(text), {})[tag] = meaning


@functools.cache
def read(name: str) -> dict[str, Any]:
    """One file of the lexicon as plain data."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=20_000)
def phrase_of(text: str) -> Phrase:
    """The token texts of a phrase, as `tokenise` gives them for a question."""
    return tuple(token.text for token in tokenise(text))
