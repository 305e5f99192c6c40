"""Screens: the stocks that pass conditions."""

from __future__ import annotations

from analysis.intent import Condition, Intent
from analysis.understanding.alternatives import join_groups
from analysis.understanding.asked import resolve_moves, window
from analysis.understanding.bounds import MOVE
from analysis.understanding.building import build
from analysis.understanding.draft import Draft
from analysis.understanding.stopping import refuse


def screen(draft: Draft) -> Intent | None:
    """ "stocks with volatility under 20 % and CAGR over 15 %"."""
    _signs(draft)
    if not draft.conditions:
        return None
    resolve_moves(draft, "total_return")
    join_groups(draft)
    if draft.tickers and not (draft.universe and len(draft.tickers) > 1):
        return None
    _count_stocks(draft)
    draft.reading.take("shape", "list")
    if draft.limit or draft.side or draft.vague or draft.ranked or draft.ranking or draft.position:
        return None
    named = tuple(dict.fromkeys([*(c.metric for c in draft.conditions), *draft.metrics]))
    return build(draft, "screen", window(draft, named), named, order="desc", limit=50)


def _signs(draft: Draft) -> None:
    """ "health care stocks that fell in 2022": a fall is a return below zero."""
    said = draft.metrics or draft.side or draft.ranked or draft.vague or draft.limit or draft.listed
    if draft.conditions or said or not draft.universe or draft.tickers:
        return
    first = draft.reading.items[0]
    if first.text.startswith("how") and not first.is_("shape", "count"):
        return
    if draft.average or draft.group_by or draft.ranking or draft.move:
        return
    for item in draft.reading.moves():
        if item.is_("move", "up", "down"):
            item.used = True
            draft.conditions = [Condition(MOVE, ">" if item.is_("move", "up") else "<", 0.0)]
            return


def _count_stocks(draft: Draft) -> None:
    """ "How many stocks rose" is answered by the list; "what share of them" is not."""
    for item in draft.reading.items:
        if item.is_("shape", "count") and item.text.split()[0] not in ("how", "number", "count"):
            refuse(draft, "unsupported", f"the {item.raw.split()[0]} of the stocks that pass")
    draft.reading.take("shape", "count")
