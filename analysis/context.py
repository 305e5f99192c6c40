"""Context search: what in the market, the lexicon and the past a text is about; ranked, fast."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Sequence
from typing import Literal

from rapidfuzz import fuzz, process, utils

from analysis.lexicon.loader import read
from analysis.market_facts import MarketFacts
from analysis.metrics import METRICS

Kind = Literal["company", "sector", "industry", "metric", "episode", "question"]

LOWEST_SCORE = 72.0
_WEIGHTS = {
    "company": 1.0,
    "metric": 0.98,
    "sector": 0.96,
    "episode": 0.96,
    "industry": 0.95,
    "question": 0.9,
}
_LONGEST = 300


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: `key` names it (ticker, metric, …), `score` is 0 to 100."""

    kind: Kind
    key: str
    label: str
    detail: str
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class _Entry:
    hit: Hit
    texts: tuple[str, ...]


def search(query: str, facts: MarketFacts, past: Sequence[str] = (), limit: int = 10) -> list[Hit]:
    """Companies, sectors, industries, metrics, episodes and past questions, the nearest first.

    Used while typing, so beginnings of names count: "vola" finds volatility.
    """
    text = utils.default_process(query[:_LONGEST])
    if not text:
        return []
    words = text.split()
    scored = (
        (_score(entry, text, words), entry.hit) for entry in (*_entries(facts), *_asked(past))
    )
    hits = [dataclasses.replace(hit, score=score) for score, hit in scored if score >= LOWEST_SCORE]
    return sorted(hits, key=lambda hit: (-hit.score, hit.label))[:limit]


def _score(entry: _Entry, text: str, words: Sequence[str]) -> float:
    best = max((_likeness(text, words, name) for name in entry.texts), default=0.0)
    return round(best * _WEIGHTS[entry.hit.kind], 1)


def _likeness(text: str, words: Sequence[str], name: str) -> float:
    """Equal 100, a beginning 90 to 99, named within the text 85 to 95, otherwise by spelling.

    Called for every name there is while somebody types, so what is cheap is looked at first.
    """
    if text == name:
        return 100.0
    if name.startswith(text):
        return 90.0 + 9.0 * len(text) / len(name)
    if f" {name} " in f" {text} ":
        return 85.0 + 10.0 * len(name) / len(text)
    begins = f" {name}"
    if all(f" {word}" in begins for word in words):
        return 78.0 + 10.0 * len(text) / max(len(text), len(name))
    if len(text) < 4 or len(name) < 4:
        return 0.0
    nearest = process.extractOne(name, words, scorer=fuzz.ratio, score_cutoff=80)
    return max(fuzz.ratio(text, name), nearest[1] * 0.9 if nearest else 0.0)


_cache: dict[tuple[str, int], tuple[_Entry, ...]] = {}


def _entries(facts: MarketFacts) -> tuple[_Entry, ...]:
    """Everything that does not change with the person, kept for each data set."""
    key = (facts.version, len(facts.companies))
    found = _cache.get(key)  # held here: another thread may clear the rest meanwhile
    if found is None:
        _cache.clear()
        found = _cache[key] = (*_companies(facts), *_groups(facts), *_words())
    return found


def _companies(facts: MarketFacts) -> Iterable[_Entry]:
    for company in facts.companies:
        names = (company.ticker, company.short_name, company.name, *company.aliases)
        detail = " · ".join(part for part in (company.sector, company.industry) if part)
        named = company.short_name != company.ticker
        label = f"{company.short_name} ({company.ticker})" if named else company.ticker
        hit = Hit("company", company.ticker, label, detail or "index", 0.0)
        yield _Entry(hit, _plain(names))


def _groups(facts: MarketFacts) -> Iterable[_Entry]:
    words = read("groups")["phrases"]
    kinds: tuple[tuple[Kind, str], ...] = (("sector", "sector"), ("industry", "industry"))
    for kind, field in kinds:
        members: dict[str, list[str]] = {}
        for company in facts.stocks():
            members.setdefault(getattr(company, field), []).append(company.ticker)
        for name, tickers in members.items():
            hit = Hit(kind, name, name, ", ".join(tickers[:8]), 0.0)
            yield _Entry(hit, _plain((name, *words[kind].get(name, ()))))


@functools.cache
def _words() -> tuple[_Entry, ...]:
    names = read("metrics")["phrases"]["metric"]
    metrics = [
        _Entry(
            Hit("metric", m.name, m.label, m.definition, 0.0),
            _plain((m.label, m.name.replace("_", " "), *names.get(m.name, ())[:12])),
        )
        for m in METRICS.values()
    ]
    phrases = read("windows")["phrases"]["episode"]
    episodes = [
        _Entry(
            Hit("episode", key, one["label"], f"{one['start']} to {one['end']}", 0.0),
            _plain((one["label"], *phrases[key])),
        )
        for key, one in read("windows")["episodes"].items()
    ]
    return (*metrics, *episodes)


def _asked(past: Sequence[str]) -> Iterable[_Entry]:
    for text in dict.fromkeys(past):
        yield _Entry(Hit("question", text, text, "asked before", 0.0), _plain((text,)))


def _plain(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(utils.default_process, texts))))
