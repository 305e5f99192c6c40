"""The market's own words: tickers, company names, aliases, sectors and industries as phrases."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from analysis.lexicon.loader import Phrase, lexicon, phrase_of, read
from analysis.market_facts import Company, MarketFacts

_LEGAL = re.compile(
    r"(?:,?\s+(?:inc|corporation|corp|company|companies|co|plc|incorporated|group|ltd)\.?)+$", re.I
)
_BRACKETS = re.compile(r"\([^)]*\)")


@dataclasses.dataclass(frozen=True)
class Names:
    """Phrases → {tag: meaning}; `tickers` by upper-case symbol; `groups` by sector and industry."""

    phrases: dict[Phrase, dict[str, str]]
    tickers: dict[str, Company]
    vocabulary: frozenset[str]
    index: str | None

    def members(self, group: str) -> tuple[str, ...]:
        """Tickers of the stocks in a sector or an industry, in the data's order."""
        return tuple(
            c.ticker
            for c in self.tickers.values()
            if c.kind == "stock" and group in (c.sector, c.industry)
        )


_cache: dict[tuple[str, int], Names] = {}


def names_of(facts: MarketFacts) -> Names:
    """The names of a data set; kept for the few versions that are alive at a time."""
    key = (facts.version, len(facts.companies))
    found = _cache.get(key)  # held here: another thread may clear the rest meanwhile
    if found is None:
        if len(_cache) > 4:
            _cache.clear()
        found = _cache[key] = _build(facts)
    return found


def _build(facts: MarketFacts) -> Names:
    phrases: dict[Phrase, dict[str, str]] = {}
    tickers = {company.ticker: company for company in facts.companies}
    for phrase, tag, meaning in _pairs(facts):
        if phrase:
            phrases.setdefault(phrase, {}).setdefault(tag, meaning)
    index = next((c.ticker for c in facts.companies if c.kind == "index"), None)
    words = frozenset(word for phrase in phrases for word in phrase if len(word) > 3)
    return Names(phrases, tickers, words, index)


def _pairs(facts: MarketFacts) -> Iterator[tuple[Phrase, str, str]]:
    nicknames = read("groups")["phrases"]["nickname"]
    for company in facts.companies:
        nicks = nicknames.get(company.ticker, [])
        for text in (company.name, *_short_forms(company), *company.aliases, *nicks):
            phrase = phrase_of(text)
            if company.kind == "index":
                yield phrase, "company", company.ticker
                yield ("the", *phrase), "company", company.ticker
            elif not _plain_word(phrase):
                yield phrase, "company", company.ticker
        yield from _ticker_phrase(company)
        for tag in ("sector", "industry"):
            group = getattr(company, tag)
            if group:
                yield phrase_of(group), tag, group


def _short_forms(company: Company) -> tuple[str, str]:
    return company.short_name, _LEGAL.sub("", _BRACKETS.sub("", company.name)).strip()


def _plain_word(phrase: Phrase) -> bool:
    """A company called "All" is named by its ticker, not by the word."""
    tags = lexicon().tags(phrase).keys() - {"nickname", "unknown", "refuse"}
    return len(phrase) == 1 and bool(tags)


def _ticker_phrase(company: Company) -> Iterator[tuple[Phrase, str, str]]:
    """A ticker in small letters counts as a name unless it is a word of the language."""
    phrase = phrase_of(company.ticker.lower())
    known = lexicon().tags(phrase)
    if len(company.ticker) > 1 and not known:
        yield phrase, "company", company.ticker
