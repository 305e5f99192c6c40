"""Typos: words that nothing knows, corrected by edit distance against a protected vocabulary."""

from __future__ import annotations

import functools

from rapidfuzz.distance import OSA

from analysis.lexicon.loader import lexicon, read
from analysis.understanding.cutting import cut
from analysis.understanding.draft import Draft
from analysis.understanding.names import Names
from analysis.understanding.reading import Item
from analysis.understanding.stopping import ask
from analysis.understanding.tokens import Token, stem, tokenise

_SHORTEST = 4


def corrected(draft: Draft) -> None:
    """Reads the question again with its typos put right, and notes each of them."""
    fixes: dict[str, str] = {}
    for item in draft.reading.items:
        if _suspicious(item):
            near = _near(item.text, draft.reading.names)
            if near:
                fixes[item.raw] = _choose(draft, item, near)
    if not fixes:
        return
    tokens = tokenise(draft.text)
    text = "".join(_rewritten(tokens, fixes))
    draft.reading = cut(tokenise(text), draft.reading.names)
    draft.notes += [f"Read “{old}” as “{new}”." for old, new in fixes.items()]


def _suspicious(item: Item) -> bool:
    if item.tags or item.kind != "word" or len(item.text) < _SHORTEST:
        return False
    symbol = item.raw.isupper() and len(item.raw) <= 5
    return not symbol and item.text not in protected() and item.raw.casefold() not in protected()


@functools.cache
def protected() -> frozenset[str]:
    """Correct words that look like a name or a term, and are none: "apply" is not Apple."""
    words = [*read("protected")["words"], *read("protected")["everyday"].split()]
    return frozenset(words) | frozenset(map(stem, words))


def _near(word: str, names: Names) -> list[str]:
    """The known words at the smallest distance; a name may be further off than a term."""
    if word in lexicon().vocabulary:
        return []
    found: dict[str, int] = {}
    for known in names.vocabulary | _terms():
        farthest = 7 if known in names.vocabulary else 8
        allowed = 1 if len(word) < farthest else 2
        if _comparable(word, known, allowed):
            distance = OSA.distance(word, known, score_cutoff=allowed)
            if distance <= allowed:
                found[known] = distance
    best = min(found.values(), default=0)
    nearest = [known for known, distance in found.items() if distance == best]
    ranked = sorted(nearest, key=lambda known: (*_unlikeliness(known, word, names), known))
    first = _unlikeliness(ranked[0], word, names) if ranked else ()
    return [known for known in ranked if _unlikeliness(known, word, names) == first]


def _unlikeliness(known: str, word: str, names: Names) -> tuple[bool, int]:
    """Words that stand for something by themselves come first, then those of the same length."""
    phrase = (known,)
    alone = phrase in names.phrases or lexicon().tags(phrase).keys() - {"stop"}
    return not alone, abs(len(known) - len(word))


def _comparable(word: str, known: str, allowed: int) -> bool:
    """Typos seldom touch the first letter, unless the first two are swapped."""
    swapped = known[:2] == word[1::-1]
    return abs(len(known) - len(word)) <= allowed and (known[0] == word[0] or swapped)


@functools.cache
def _terms() -> frozenset[str]:
    return frozenset(word for word in lexicon().vocabulary if len(word) > 4)


def _choose(draft: Draft, item: Item, near: list[str]) -> str:
    """One candidate is taken; several names are put to the person."""
    if len(near) == 1:
        return near[0]
    named = {t for t in near if t in draft.reading.names.vocabulary}
    choice = draft.overrides.get("ticker")
    if choice:
        return choice
    companies = {
        phrase[0]: tags["company"]
        for phrase, tags in draft.reading.names.phrases.items()
        if phrase[0] in named and "company" in tags
    }
    tickers = sorted(set(companies.values()))
    if len(tickers) > 1:
        text = f"Which company do you mean by “{item.raw}”?"
        ask("ticker", text, tuple((ticker, _label(draft, ticker)) for ticker in tickers))
    return sorted(named or near)[0]


def _label(draft: Draft, ticker: str) -> str:
    company = draft.facts.company(ticker)
    return f"{company.short_name} ({ticker})" if company else ticker


def _rewritten(tokens: list[Token], fixes: dict[str, str]) -> list[str]:
    """The question with the misspelt tokens replaced, from its clean form."""
    parts = []
    for token in tokens:
        space = "" if token.glued else " "
        parts.append(space + fixes.get(token.raw, token.raw))
    return parts
