"""What a follow-up takes over from the question before it."""

from __future__ import annotations

from typing import Any

from analysis.intent import Intent
from analysis.understanding.amending import joined
from analysis.understanding.bounds import SEVERITIES
from analysis.understanding.building import members
from analysis.understanding.changing import bare_number, defaulted, finish, keep_time
from analysis.understanding.draft import Draft
from analysis.understanding.shapes import common_words
from analysis.understanding.stopping import refuse

METRIC_SHAPES = frozenset(["rank", "value", "compare", "periods", "aggregate", "screen"])
DEFAULT_LIMIT = 10


def filled(draft: Draft, previous: Intent, said: bool) -> Intent:
    """The draft with everything from before that the new question leaves open."""
    common_words(draft)
    if previous.shape in ("rank", "screen"):
        draft.limit = draft.limit or bare_number(draft)
    _fill_who(draft, previous)
    _fill_when(draft, previous)
    if not said or _only_asks_when(draft):
        _fill_what(draft, previous)
    elif previous.shape in ("rank", "screen") and draft.conditions and not draft.metrics:
        _join_conditions(draft, previous)
    elif previous.shape in METRIC_SHAPES:
        _fill_order(draft, previous)
        if draft.joining and draft.metrics:
            draft.metrics = list(dict.fromkeys([*previous.metrics, *draft.metrics]))
    if draft.metrics and not draft.extreme:
        for name, value in previous.params:
            if name not in draft.params and (not said or name != "months"):
                _fill_param(draft, previous, name, value)
    return finish(draft)


def _fill_when(draft: Draft, previous: Intent) -> None:
    """The same time, or with "vs 2020" the two side by side."""
    if draft.days or previous.shape == "price":
        return
    beside = draft.joining and len(draft.windows) == 1 and draft.reading.take("versus")
    if beside and previous.shape in ("value", "compare", "periods"):
        draft.windows = [*(previous.windows or (previous.window,)), *draft.windows]
        draft.side_by_side = True
    elif not draft.windows and not defaulted(previous):
        keep_time(draft, previous)


def _only_asks_when(draft: Draft) -> bool:
    """ "When was that?" is about the figure just shown."""
    return draft.reading.has("shape", "when") and not (
        draft.metrics or draft.extreme or draft.conditions
    )


def _fill_what(draft: Draft, previous: Intent) -> None:
    draft.metrics = list(previous.metrics)
    draft.conditions = list(previous.conditions)
    draft.any_of = bool(previous.param("any"))
    _fill_order(draft, previous)


def _join_conditions(draft: Draft, previous: Intent) -> None:
    """ "And beta over 1": one more condition for all of them to hold."""
    if draft.any_of or previous.param("any"):
        label = "one more condition where one of several is enough"
        refuse(draft, "unsupported", label, "stocks with volatility under 20 % or beta under 0.5")
    draft.metrics = list(previous.metrics)
    draft.conditions = joined(previous.conditions, draft.conditions)
    _fill_order(draft, previous)


def _fill_order(draft: Draft, previous: Intent) -> None:
    if previous.shape != "rank" and previous.param("group_by") is None:
        return
    turned = draft.reading.take("turn")
    if draft.vague in ("best", "worst") and draft.metrics and draft.side is None and draft.limit:
        draft.vague, draft.side = None, "high" if draft.vague == "best" else "low"
    if draft.side is None and draft.listed is None and draft.vague is None and previous.metrics:
        high = (previous.order == "desc") != (previous.metrics[0] in SEVERITIES)
        draft.side = "high" if high != turned else "low"
    if draft.limit is None and draft.position is None:
        draft.position = previous.param("position")
    if draft.limit is None and draft.position is None and previous.limit != DEFAULT_LIMIT:
        draft.limit = previous.limit if previous.shape == "rank" else None


def _fill_who(draft: Draft, previous: Intent) -> None:
    """A new single subject replaces the old one and joins a comparison; "add" always joins."""
    if draft.joining and _takes_back(draft, previous):
        draft.tickers, draft.sectors, draft.industries = [], [], []
    named = bool(draft.tickers or draft.scoped)
    if not named:
        _keep_who(draft, previous)
    elif draft.joining or (previous.shape == "compare" and draft.tickers):
        both = dict.fromkeys((*previous.tickers, *draft.tickers))
        draft.tickers = [t for t in both if t not in draft.exclude]
        draft.exclude = [t for t in draft.exclude if t not in previous.tickers]
    elif previous.shape in ("rank", "screen"):
        draft.universe = draft.universe or draft.scoped


def _takes_back(draft: Draft, previous: Intent) -> bool:
    """ "Include tech again" after it was left out."""
    named = {*draft.tickers, *members(draft)}
    if not named or not named <= set(previous.exclude):
        return False
    draft.returned = sorted(named)
    return True


def _keep_who(draft: Draft, previous: Intent) -> None:
    """The same stocks, without those that are left out now."""
    kept = [t for t in previous.exclude if t not in (*draft.exclude, *draft.returned)]
    draft.exclude = [*kept, *draft.exclude]
    draft.tickers = [t for t in previous.tickers if t not in draft.exclude]
    draft.exclude = [t for t in draft.exclude if t not in previous.tickers]
    if draft.group_by:
        draft.universe = False
        return
    draft.sectors = [previous.sector] if previous.sector else []
    draft.industries = [previous.industry] if previous.industry else []
    draft.universe = draft.universe or previous.shape in ("rank", "screen")


def _fill_param(draft: Draft, previous: Intent, name: str, value: Any) -> None:
    if name == "group_by":
        draft.group_by, draft.each = draft.group_by or value, previous.shape == "rank"
    elif name == "aggregation":
        if not draft.universe:
            draft.params[name] = value
    elif name in ("confidence", "risk_free", "returns", "frequency", "benchmark", "months"):
        draft.params[name] = value
