"""Context search: what in the market, the lexicon and the past a text is about; ranked, fast."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Sequence
from typing import Literal

from rapidfuzz import fuzz, process, utils

from analysis.intent import Condition, Intent
from analysis.lexicon.loader import read
from analysis.market_facts import MarketFacts
from analysis.metrics import METRICS, metric
from analysis.understanding.defaults import phrase

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
    entries = (*_entries(facts), *_questions(past))
    hits = [_scored(entry, text) for entry in entries]
    found = sorted((h for h in hits if h.score >= LOWEST_SCORE), key=lambda h: (-h.score, h.label))
    return found[:limit]


def _scored(entry: _Entry, text: str) -> Hit:
    best = max((_likeness(text, name) for name in entry.texts), default=0.0)
    return dataclasses.replace(entry.hit, score=round(best * _WEIGHTS[entry.hit.kind], 1))


def _likeness(text: str, name: str) -> float:
    """Equal 100, a beginning 90 to 99, named within the text 85 to 95, otherwise by spelling."""
    if text == name:
        return 100.0
    if name.startswith(text):
        return 90.0 + 9.0 * len(text) / len(name)
    if f" {name} " in f" {text} ":
        return 85.0 + 10.0 * len(name) / len(text)
    begun = [word for word in text.split() if f" {word}" in f" {name}"]
    if len(begun) == len(text.split()):
        return 78.0 + 10.0 * len(text) / max(len(text), len(name))
    if len(text) < 4 or len(name) < 4:
        return 0.0
    words = process.extractOne(name, text.split(), scorer=fuzz.ratio, score_cutoff=80)
    return max(fuzz.ratio(text, name), words[1] * 0.9 if words else 0.0)


_cache: dict[tuple[str, int], tuple[_Entry, ...]] = {}


def _entries(facts: MarketFacts) -> tuple[_Entry, ...]:
    """Everything that does not change with the person, kept for each data set."""
    key = (facts.version, len(facts.companies))
    if key not in _cache:
        _cache.clear()
        _cache[key] = (*_companies(facts), *_groups(facts), *_words())
    return _cache[key]


def _companies(facts: MarketFacts) -> Iterable[_Entry]:
    for company in facts.companies:
        names = (company.ticker, company.short_name, company.name, *company.aliases)
        detail = " · ".join(part for part in (company.sector, company.industry) if part)
        label = f"{company.short_name} ({company.ticker})"
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


def _questions(past: Sequence[str]) -> Iterable[_Entry]:
    for text in dict.fromkeys(past):
        yield _Entry(Hit("question", text, text, "asked before", 0.0), _plain((text,)))


def _plain(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(utils.default_process, texts))))


def expand(text: str, intent: Intent, facts: MarketFacts) -> str:
    """What the question was taken to mean, in full: for "Query expanded: …"."""
    parts = [_what(intent), _who(intent, facts), _which(intent), _when(intent, facts)]
    return " ".join(part for part in parts if part) or text[:_LONGEST]


def _what(intent: Intent) -> str:
    labels = _listed([phrase(m) for m in intent.metrics])
    period = intent.param("period") or "day"
    side = "best" if intent.order == "desc" else "worst"
    verbs = {
        "rank": "rank",
        "value": labels,
        "compare": f"compare the {labels} of",
        "aggregate": f"{intent.param('aggregation', 'mean')} {labels}",
        "screen": "find",
        "trend": f"{labels} over time",
        "indicator": labels,
        "calendar": f"returns by {period}",
        "count": f"count the {period}s",
        "extremes": f"{side} {period}s",
        "streaks": f"longest runs of days {intent.param('direction', 'up')}",
        "drawdowns": "deepest drawdowns",
        "pairs": "correlation of pairs",
        "matrix": "correlation matrix",
        "crossings": "moving-average crossings",
        "seasonality": f"typical return by {period}",
        "price": "price",
        "list": f"list {intent.param('of', 'tickers')}",
        "explain": f"explain {labels or intent.param('topic', '')}",
        "whatif": _investment(intent),
    }
    return verbs[intent.shape].strip()


def _investment(intent: Intent) -> str:
    often = "every month" if intent.param("mode") == "monthly" else "once"
    return f"${intent.param('amount', 0):,.0f} invested {often} in"


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _who(intent: Intent, facts: MarketFacts) -> str:
    if intent.shape == "explain" or (intent.shape == "list" and not intent.tickers):
        return f"in {intent.sector or intent.industry}" if intent.sector or intent.industry else ""
    names = [_name(ticker, facts) for ticker in intent.tickers]
    group = intent.sector or intent.industry
    stocks = facts.stocks()
    everyone = f"the {group} stocks" if group else f"all {len(stocks) - len(intent.exclude)} stocks"
    subject = ", ".join(names[:10]) if names else everyone
    without = f" without {', '.join(intent.exclude)}" if intent.exclude else ""
    joint = "" if intent.shape in ("rank", "compare", "screen", "whatif") else "of "
    return f"{joint}{subject}{without}"


def _name(ticker: str, facts: MarketFacts) -> str:
    company = facts.company(ticker)
    return company.short_name if company else ticker


def _which(intent: Intent) -> str:
    terms = " and ".join(_condition(c) for c in intent.conditions)
    order = "highest first" if intent.order == "desc" else "lowest first"
    if intent.shape == "rank":
        by = phrase(intent.metrics[0]) if intent.metrics else ""
        return f"by {by}, {order}" + (f", with {terms}" if terms else "") + ","
    return f"with {terms}" if terms else ""


def _condition(condition: Condition) -> str:
    low, high = _amount(condition.metric, condition.value), condition.upper
    if high is not None:
        return f"{phrase(condition.metric)} from {low} to {_amount(condition.metric, high)}"
    return f"{phrase(condition.metric)} {condition.op} {low}"


def _amount(name: str, value: float) -> str:
    kind = metric(name).format
    if kind == "percent":
        return f"{value * 100:g} %"
    return f"${value:g}" if kind == "money" else f"{value:g}"


def _when(intent: Intent, facts: MarketFacts) -> str:
    if intent.shape in ("list", "explain"):
        return ""
    if intent.shape == "price":
        return f"on {intent.param('date')}"
    window = intent.window
    start = window.start or facts.first_date
    label = window.label
    over = f"over the {label}" if label.startswith("last") else f"over {label}"
    if window.rule in ("since", "until"):
        over = label
    return f"{over} ({start} to {min(window.end, facts.last_date)})"
