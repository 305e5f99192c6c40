"""Rankings: who has the most or the least of a figure, of all stocks or of each sector."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding import defaults
from analysis.understanding.asked import (
    asks_place,
    names_stocks,
    resolve_moves,
    vague_metrics,
    wanted,
    window,
    with_risk,
)
from analysis.understanding.bounds import MOVE
from analysis.understanding.building import build
from analysis.understanding.draft import Draft
from analysis.understanding.ordering import MOST, everyone, order_of
from analysis.understanding.stopping import refuse
from analysis.understanding.values import check_length

_SINGULAR = frozenset([
    "stock", "share", "company", "firm", "name", "equity", "ticker", "business", "one", "security",
])  # fmt: skip
_EACH = ("each", "every", "per")


def rank(draft: Draft) -> Intent | None:
    """ "What stocks have highest volatility?", "top 5 by Sharpe"."""
    metrics = _ranked_by(draft)
    if metrics and len(draft.tickers) == 1 and asks_place(draft):
        draft.tickers, draft.limit = [], draft.limit or min(MOST, len(draft.facts.stocks()))
        draft.universe = True
    if not metrics or (len(draft.tickers) == 1 and not draft.universe):
        return None
    check_length(draft)
    draft.tickers = [t for t in draft.tickers if t != draft.reading.names.index]
    draft.reading.take("versus")
    draft.reading.take("shape", "worth", "list")
    resolve_moves(draft, "total_return")
    if not (names_stocks(draft) or _says_order(draft)):
        _all_stocks(draft)
    return _ranking(draft, metrics, 1 if _one_best(draft) else _shown(draft))


def _ranked_by(draft: Draft) -> tuple[str, ...]:
    return with_risk(draft, wanted(draft)) or _signed(draft) or vague_metrics(draft)


def _signed(draft: Draft) -> tuple[str, ...]:
    """ "highest positive skew": ordered by what the condition is about."""
    named = [c for c in draft.conditions if c.metric != MOVE and c.value == 0 and not c.against]
    if draft.metrics or not draft.side or len(draft.conditions) != 1 or not named:
        return ()
    if named[0].op == "<":
        draft.side = "low" if draft.side == "high" else "high"
    return (named[0].metric,)


def _says_order(draft: Draft) -> bool:
    said = draft.side or draft.ranked or draft.vague or draft.limit or draft.listed
    return bool(said or draft.position)


def _all_stocks(draft: Draft) -> None:
    """Nobody was named: all stocks are ranked, and the chip offers the index."""
    index = draft.reading.names.index
    sectors = dict.fromkeys(c.sector for c in draft.facts.stocks() if c.sector)
    choices = [*([(index, "The index")] if index else []), *((s, s) for s in sectors)][:4]
    defaults.chip(draft, "universe", "all stocks", "All stocks", *choices)


def _ranking(
    draft: Draft, metrics: tuple[str, ...], limit: int, group: str | None = None
) -> Intent:
    shown = metrics + tuple(c.metric for c in draft.conditions if c.metric not in metrics)
    return build(
        draft, "rank", window(draft, shown), shown, order=order_of(metrics[0], draft),
        limit=limit, group_by=group,
    )  # fmt: skip


def _one_best(draft: Draft) -> bool:
    """ "the best stock": one, so that only the first place has to agree between the readings."""
    if "metric" not in draft.overrides:
        return False
    asked = draft.vague in ("best", "worst", "safest", "riskiest")
    return asked and not draft.tickers and _asks_for_one(draft)


def _asks_for_one(draft: Draft) -> bool:
    words = {i.raw.casefold() for i in draft.reading.items if i.is_("universe")}
    return bool(words) and words <= _SINGULAR


def _shown(draft: Draft) -> int:
    return everyone(draft) or max(10, len(draft.tickers))


def first_of_each(draft: Draft) -> Intent | None:
    """ "the best stock of each sector": the order starts anew in each group."""
    group = draft.group_by
    metrics = _ranked_by(draft)
    if not metrics or not group:
        return None
    if draft.ranking or not (says_each(draft) or _asks_for_one(draft)):
        label = f"whether that is about each {group} or about its stocks"
        refuse(draft, "unsupported", label, f"most volatile stock of each {group}")
    draft.reading.take("shape", "list")
    return _ranking(draft, metrics, 1, group)


def says_each(draft: Draft) -> bool:
    """ "of each sector", "per industry": the group is no mere heading."""
    said = [i.text.split() for i in draft.reading.items if i.is_("by", draft.group_by)]
    return draft.each or any(set(words) & set(_EACH) for words in said)
