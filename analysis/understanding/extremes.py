"""The best and worst days, weeks, months, quarters and years."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding import defaults
from analysis.understanding.asked import resolve_moves
from analysis.understanding.building import build
from analysis.understanding.counts import ADJECTIVES, PERIODS, claim_period
from analysis.understanding.draft import Draft
from analysis.understanding.ordering import everyone
from analysis.understanding.stopping import refuse
from analysis.understanding.subject import subject

_EXTREME_METRICS = ("total_return", "day_return", "week_return", "price", "worst_day", "best_day")


def extremes(draft: Draft) -> Intent | None:
    """ "best day of Apple", "worst 10 months for the market", "biggest one-day drop in 2020"."""
    adjective = _adjective(draft)
    if not (draft.extreme or _listed(draft) or _of_adjective(draft, adjective) or _drop_in(draft)):
        return None
    if draft.vague in ("stable", "wild", "safest", "riskiest"):
        refuse(draft, "unsupported", "the risk of each day, week, month or year")
    if everyone(draft, ("every", "each")):
        refuse(draft, "unsupported", "the first of each stock; name one")
    period = draft.period or adjective or "day"
    order = _extreme_order(draft)
    claim_period(draft)
    draft.reading.take("shape", "when", "list")
    resolve_moves(draft, f"{period}_return")
    draft.metrics = [m for m in draft.metrics if m not in _EXTREME_METRICS]
    subject(draft)
    return build(
        draft, "extremes", defaults.window(draft, records=True), (), order=order, period=period,
    )  # fmt: skip


def _listed(draft: Draft) -> bool:
    """ "best years of KO": an order of its calendar returns."""
    return draft.calendar and bool(draft.side or draft.vague) and not draft.average


def _adjective(draft: Draft) -> str | None:
    """The period of the first free "daily", "weekly" …"""
    free = draft.reading.free("frequency", *ADJECTIVES)
    return ADJECTIVES[free[0].tags["frequency"]] if free else None


def _of_adjective(draft: Draft, adjective: str | None) -> bool:
    """ "largest daily gain", "worst monthly return"."""
    if adjective is None or not (draft.side or draft.vague):
        return False
    figures = set(draft.metrics) & {"total_return", "day_return"}
    return bool(draft.move or draft.reading.has("move") or figures)


def _extreme_order(draft: Draft) -> str:
    """ "biggest fall" and "worst" are lowest first, "smallest fall" and "best" highest first."""
    if draft.ranked:
        return "asc" if draft.ranked == "down" else "desc"
    falls = ("down", "loss")
    down = draft.move in falls or bool(draft.reading.free("move", *falls))
    high = draft.vague in ("best", None) and draft.side != "low"
    return "asc" if draft.vague == "worst" or down == high else "desc"


def _drop_in(draft: Draft) -> bool:
    """ "biggest drop in a day", "largest fall in one week"."""
    if not (draft.side or draft.vague) or draft.period is not None:
        return False
    for i, item in enumerate(draft.reading.items):
        if item.used or not item.is_("unit", *PERIODS):
            continue
        one = draft.reading.at(i - 1).text in ("a", "one", "single", "1", "any")
        if one and any(earlier.moves for earlier in draft.reading.items[:i]):
            draft.period = item.tags["unit"]
            draft.reading.claim(i - 1)
            return True
    return False
