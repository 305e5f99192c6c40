"""Which figures a question asks for, and over which time, as several shapes read it alike."""

from __future__ import annotations

import dataclasses

from analysis.intent import Window
from analysis.metrics import metric
from analysis.understanding import defaults
from analysis.understanding.bounds import MOVE
from analysis.understanding.draft import Draft
from analysis.understanding.stopping import ask

OVERVIEW = ("total_return", "cagr", "volatility", "max_drawdown", "sharpe")
RISKS = ("volatility", "max_drawdown", "beta")
QUALITIES = ("total_return", "sharpe")
_RECORDS = frozenset(("all_time_high", "current_drawdown", "best_day", "worst_day"))
_RISK_NOUNS = ("risk", "risks", "riskiness")


def window(draft: Draft, metrics: tuple[str, ...]) -> Window:
    """Records look back over the whole history, everything else over 5 years."""
    if "all_time_high" in metrics and draft.window is None and len(metrics) == 1:
        return defaults.whole(draft)
    return defaults.window(draft, records=bool(metrics) and set(metrics) <= _RECORDS)


def wanted(draft: Draft) -> tuple[str, ...]:
    """The metrics named, or the total return where only a movement was named."""
    if draft.metrics:
        return tuple(draft.metrics)
    if draft.ranked:
        return ("total_return",)
    if not (names_stocks(draft) or draft.side or draft.group_by or draft.limit or draft.position):
        return ()
    _claim_moves(draft)
    if draft.move is None:
        return ()
    if draft.move in ("down", "loss") and draft.side:
        draft.side = "low" if draft.side == "high" else "high"
    return ("total_return",)


def _claim_moves(draft: Draft) -> None:
    for item in draft.reading.free("move"):
        item.used = True
        draft.move = draft.move or item.tags["move"]


def names_stocks(draft: Draft) -> bool:
    """Somebody is named: stocks, a group, those left out, or all of them."""
    return bool(draft.tickers or draft.exclude or draft.scoped or draft.universe)


def resolve_moves(draft: Draft, name: str) -> None:
    """What "more than 5 %" was about is known now: conditions on a mere move get this metric."""
    draft.conditions = [
        dataclasses.replace(c, metric=name) if c.metric == MOVE else c for c in draft.conditions
    ]


def ranks(draft: Draft) -> bool:
    """An order of stocks is asked for."""
    said = draft.side or draft.ranked or draft.vague or draft.ranking
    return bool(said or draft.limit or draft.position)


def asks_place(draft: Draft) -> bool:
    """ "where does Apple rank by volatility": the whole ranking, so that its place is seen."""
    stock = draft.tickers[:1] != [draft.reading.names.index]
    return draft.ranking and stock and bool(draft.metrics)


def risks(draft: Draft) -> tuple[str, ...]:
    """ "compare the risk of A and B": all three measures side by side, nothing to ask."""
    return RISKS if _names_risk(draft) else ()


def with_risk(draft: Draft, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """ "Risk and return of all stocks": the risk is a figure of its own."""
    if not metrics or not _names_risk(draft):
        return metrics
    draft.vague = None
    if "volatility" in metrics:
        return metrics
    shown = (*metrics, "volatility")
    defaults.chip(draft, "metric", " and ".join(map(defaults.phrase, shown)), "Risk as volatility")
    return shown


def _names_risk(draft: Draft) -> bool:
    return draft.vague == "riskiest" and _vague_word(draft).casefold() in _RISK_NOUNS


def vague_metrics(draft: Draft) -> tuple[str, ...]:
    """The metric of "best" or "safest": asked for, because the readings differ."""
    if draft.vague is None and draft.listed and draft.side is None:
        draft.vague = {"top": "best", "bottom": "worst"}.get(draft.listed)
    if draft.vague is None or draft.overrides.get("metric") is not None:
        return ()
    if draft.vague in ("stable", "wild"):
        draft.side = "low" if draft.vague == "stable" else "high"
        defaults.metric_chip(draft, "volatility", ("max_drawdown", "beta"))
        return ("volatility",)
    names = RISKS if draft.vague in ("safest", "riskiest") else QUALITIES
    choices = tuple((defaults.phrase(name), metric(name).label) for name in names)
    text = f"What should “{_vague_word(draft)}” mean?"
    ask("metric", text, choices, settle=_settles(draft))


def _settles(draft: Draft) -> bool:
    """Rankings can be computed in every reading first; sectors and the index have no ranking."""
    grouped = draft.group_by or draft.average or (draft.scoped and not draft.universe)
    return not grouped and draft.reading.names.index not in draft.tickers


def _vague_word(draft: Draft) -> str:
    return next((i.raw for i in draft.reading.items if i.is_("vague", draft.vague)), "best")
