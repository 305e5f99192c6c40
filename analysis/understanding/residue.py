"""The residual rule: what nothing explains makes the engine refuse, naming the word."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

from analysis.intent import Refusal
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.stopping import Stop, refusal, refuse

_SYMBOL = re.compile(r"[A-Z]{2,5}")
_NOW = ("right now", "at the moment")


def check_families(draft: Draft) -> None:
    """Words of a topic that the data cannot answer."""
    if _is_sql(draft):
        refuse(draft, "sql")
    _unknown_names(draft)
    _latest(draft)
    for item in draft.reading.free("refuse"):
        refuse(draft, item.tags["refuse"], item.raw)


def _is_sql(draft: Draft) -> bool:
    """ "select * from prices": a statement, not a question."""
    words = [item.text for item in draft.reading.items]
    return words[0] == "select" and "from" in words


def _latest(draft: Draft) -> None:
    """ "lowest RSI right now": the last day of the data; a price right now is another matter."""
    if not draft.metrics or "price" in draft.metrics:
        return
    for item in draft.reading.items:
        if item.is_("refuse", "live") and item.text in _NOW:
            item.used = True


def _unknown_names(draft: Draft) -> None:
    """Symbols and well-known companies that the data does not have."""
    raw = [item.raw for item in draft.reading.items]
    shouting = all(word.isupper() for word in raw if word.isalpha())
    for item in draft.reading.items:
        if item.used:
            continue
        symbol = item.is_("symbol") or (
            not item.tags and _SYMBOL.fullmatch(item.raw) and not shouting
        )
        if symbol or item.is_("unknown"):
            raise Stop(unknown_name(draft, item.tags.get("symbol", item.raw)))


def unknown_name(draft: Draft, name: str) -> Refusal:
    """Names the tickers and names that look like it."""
    near = near_names(draft, name)
    hint = f" Near it: {', '.join(near)}." if near else ""
    return refusal("unknown_ticker", draft, label=name, near=hint)


def near_names(draft: Draft, name: str) -> list[str]:
    """Up to three tickers or names that look alike."""
    choices: dict[str, str] = {}
    for company in draft.facts.companies:
        choices[company.ticker] = company.ticker
        choices[company.short_name] = company.ticker
    found = process.extract(name, list(choices), scorer=fuzz.ratio, limit=3, score_cutoff=45)
    return list(dict.fromkeys(text for text, _, _ in found))


def claim_opening(draft: Draft) -> None:
    """ "Ok, and what about the volatility of KO?": the opening of a question that stands alone."""
    for item in draft.reading.items:
        if not (item.stop or item.is_("marker") or item.used):
            return
        item.used = item.used or item.is_("marker")


def _both_of_one(draft: Draft) -> list[Item]:
    """ "Both in 2020" where there is only one stock and one figure."""
    two = max(len(draft.tickers), len(draft.metrics), len(draft.sectors) + len(draft.industries))
    grouped = draft.scoped or draft.universe or len(draft.conditions) > 1
    if two > 1 or grouped:
        return []
    return [item for item in draft.reading.items if item.text == "both" and not item.used]


def check_left_over(draft: Draft) -> None:
    """Everything that is neither claimed nor empty is named in a refusal."""
    left = draft.reading.left_over() or _both_of_one(draft)
    if not left:
        return
    words = " ".join(item.raw for item in left[:6])
    refuse(draft, "not_understood", f"“{words[:80]}”")
