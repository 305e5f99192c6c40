"""The figures of one stock or the index."""

from __future__ import annotations

import itertools

from analysis.intent import Intent
from analysis.metrics import metric
from analysis.understanding.asked import (
    OVERVIEW,
    QUALITIES,
    RISKS,
    asks_place,
    resolve_moves,
    wanted,
    window,
)
from analysis.understanding.building import build
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.stopping import refuse

# Figures that have one direction only: the worst of them is the figure itself.
_SIDED = frozenset(["max_drawdown", "current_drawdown", "var_95", "cvar_95"])
_RISK_FIGURES = frozenset([*RISKS, "var_95", "cvar_95"])
# "how high is", "is it highly correlated", "does it have a low beta": how much, not when.
_HOW = (
    "high", "low", "big", "large", "deep", "small", "strongly", "highly", "closely", "much",
    "more", "less", "top",
)  # fmt: skip
_BEFORE_HOW = (
    "how", "is", "are", "was", "were", "so", "very", "it", "much", "have", "has", "a", "as",
)  # fmt: skip


def value(draft: Draft) -> Intent | None:
    """One figure, or the usual five, of one stock or the index."""
    if len(draft.tickers) != 1 or _listing(draft) or asks_place(draft):
        return None
    if _asks_length(draft):
        refuse(draft, "unsupported", "how long that lasted")
    draft.reading.take_words("or")
    metrics = figures_of_one(draft)
    return build(draft, "value", window(draft, metrics), metrics) if metrics else None


def _listing(draft: Draft) -> bool:
    return draft.universe and draft.side is not None and bool(draft.metrics)


def _asks_length(draft: Draft) -> bool:
    return ("how", "long") in itertools.pairwise(item.text for item in draft.reading.items)


def figures_of_one(draft: Draft) -> tuple[str, ...]:
    """The metrics asked for of stocks that are not ranked; the usual five where none is named."""
    resolve_moves(draft, "total_return")
    metrics = wanted(draft)
    _check_side(draft, metrics)
    compared = tuple(c.metric for c in draft.conditions)
    metrics = tuple(dict.fromkeys((*metrics, *_vague_figures(draft, metrics), *compared)))
    if not metrics and (draft.side or draft.ranking or draft.position):
        return ()
    return metrics or OVERVIEW


def _vague_figures(draft: Draft, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """ "How risky": the measures of risk, unless one is named; "how good": return and Sharpe."""
    if draft.vague in ("riskiest", "safest"):
        return () if _RISK_FIGURES & set(metrics) else RISKS
    if metrics:
        return ()
    if draft.vague in ("stable", "wild"):
        return ("volatility",)
    return QUALITIES if draft.vague in ("best", "worst") else ()


def _check_side(draft: Draft, metrics: tuple[str, ...]) -> None:
    """ "The highest volatility of Apple" asks when, not how much."""
    dated = draft.window is not None and draft.window.rule != "all"
    if "all_time_high" in metrics and dated:
        refuse(draft, "unsupported", "the highest price of a stretch of time")
    check_length(draft)
    if not metrics or set(metrics) <= _SIDED:
        return
    label = f"{metric(metrics[0]).label.lower()} of one stock"
    if draft.side and not (_asks_how(draft) or draft.conditions or draft.move):
        refuse(draft, "unsupported", f"the {_extreme(draft)} {label}")
    if draft.vague in ("best", "worst"):
        refuse(draft, "unsupported", f"the {draft.vague} {label}")


def check_length(draft: Draft) -> None:
    """ "The longest drawdown" is about time, which no figure is."""
    if any(item.text in ("longest", "shortest") for item in _orders(draft)):
        refuse(draft, "unsupported", "how long that lasted")


def _asks_how(draft: Draft) -> bool:
    items = draft.reading.items
    return any(
        item.text in _HOW and i > 0 and items[i - 1].text in _BEFORE_HOW
        for i, item in enumerate(items)
        if item.used and item.is_("order")
    )


def _extreme(draft: Draft) -> str:
    return next((item.raw for item in _orders(draft)), "highest")


def _orders(draft: Draft) -> list[Item]:
    return [item for item in draft.reading.items if item.used and item.is_("order")]
