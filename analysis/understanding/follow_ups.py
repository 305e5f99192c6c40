"""Follow-ups: what a short question takes over from the one before it, and what it changes."""

from __future__ import annotations

import dataclasses
from typing import Any

from analysis.intent import Intent
from analysis.understanding.amending import amend, joined, only_moves
from analysis.understanding.bounds import SEVERITIES
from analysis.understanding.building import members
from analysis.understanding.changing import bare_number, defaulted, finish, replaced, same_window
from analysis.understanding.draft import Draft
from analysis.understanding.lists import defines
from analysis.understanding.noting import noted
from analysis.understanding.reading import Item
from analysis.understanding.residue import check_families
from analysis.understanding.shapes import common_words

_METRIC_SHAPES = frozenset(["rank", "value", "compare", "aggregate", "screen"])
_TERSE = 3  # words
_MARKERS = ("marker", "also", "join")
_COMPARES = ("compare", "comparing", "contrast")
_WHAT = frozenset([
    "seasonality", "up_streak", "down_streak", "streak", "matrix", "pairs", "golden", "death",
    "cross", "recovery", "trough", "peak", "when", "count", "list", "explain", "trend", "rolling",
    "invest", "worth",
])  # fmt: skip


def follow_up(draft: Draft, previous: Intent) -> Intent | None:
    """The previous intent with the changes, or None where the question stands by itself."""
    if draft.reading.has("shape", "why"):
        return _why(draft, previous)
    marked = _marked(draft)
    _sampling(draft, previous)
    amend(draft, previous)
    said, named = _says_what(draft), _says_who(draft)
    if previous.shape in ("list", "explain") or (said and named and not marked):
        return None
    terse = previous.shape == "rank" and _is_terse(draft, named)
    if _stands_alone(draft, said, named) and not marked and not terse:
        return None
    if not any(map(_says_something, draft.reading.items)):
        return None
    check_families(draft)
    _claim_markers(draft)
    if said and named:
        return noted(draft, previous, same_window(draft, previous))
    if (said and not only_moves(draft, previous)) or previous.shape in _METRIC_SHAPES:
        return noted(draft, previous, _filled(draft, previous, said))
    return noted(draft, previous, replaced(draft, previous))


def _sampling(draft: Draft, previous: Intent) -> None:
    """ "With weekly returns" after a figure changes how that is computed."""
    only = set(draft.metrics) <= {"week_return", "day_return", "total_return"} and not draft.tickers
    for item in draft.reading.items:
        name = item.tags.get("setting")
        if only and previous.metrics and name in ("weekly", "monthly", "daily"):
            draft.metrics, draft.calendar, draft.period = [], False, None
            item.used = True
            if name != "daily":
                draft.params["frequency"] = name


def _marked(draft: Draft) -> bool:
    """It starts like a continuation: "and", "what about", "only", "same for", "instead"."""
    items = draft.reading.items
    first = items[0]
    last = items[-1]
    return (
        first.text in ("and", "but", "then", "now", "or")
        or any(tag in first.tags for tag in (*_MARKERS, "only"))
        or "marker" in last.tags
    )


# Tags of words that change something; a text without any of them ("thanks") is no follow-up.
_SAYING = frozenset([
    "by", "chart", "compare_op", "order", "shape", "frequency", "setting", "average", "everything",
    "also", "join", "versus", "listed", "unit",
])  # fmt: skip
_PRONOUNS = frozenset(["it", "its", "they", "them", "their", "that", "those", "this", "these"])


def _says_something(item: Item) -> bool:
    moves = "move" in item.tags and not item.stop
    return item.used or moves or item.number is not None or bool(item.tags.keys() & _SAYING)


def _stands_alone(draft: Draft, said: bool, named: bool) -> bool:
    """A ranking needs nobody, "what is beta" neither; "worst month", "its beta" need somebody."""
    words = {word for item in draft.reading.items for word in item.text.split()}
    if any(tag in i.tags for i in draft.reading.items for tag in ("listing", "topic")):
        return True
    if draft.tickers and not draft.metrics and _asks_group(draft):
        return True
    if draft.reading.has("shape", "list") and not draft.metrics:
        return True
    if draft.reading.items[0].text in _COMPARES and len(draft.tickers) > 1 and not said:
        return not words & _PRONOUNS  # "compare A and B" has figures of its own
    if words & _PRONOUNS or any(i.is_("universe") and i.text == "one" for i in draft.reading.items):
        return False
    if not said:
        return named and bool(draft.vague) and any(i.is_("universe") for i in draft.reading.items)
    if draft.metrics and defines(draft) and "the" not in words:
        return True
    ranks = draft.side or draft.ranked or draft.vague or draft.limit or draft.group_by
    return bool(ranks) and not draft.extreme and bool(draft.metrics or draft.ranked)


def _asks_group(draft: Draft) -> bool:
    """ "Which sector is Apple in?"."""
    groups = [i for i in draft.reading.items if i.is_("by", "sector") or i.is_("by", "industry")]
    return any(i.text.split()[0] in ("which", "what") for i in groups)


def _is_terse(draft: Draft, named: bool) -> bool:
    """ "Least volatile?" after a ranking is about the same stocks and the same time."""
    turned = bool(draft.metrics) and bool(draft.side or draft.vague)
    return turned and not named and not draft.windows and len(draft.reading.items) <= _TERSE


def _says_what(draft: Draft) -> bool:
    hints = any(i.tags.get("shape") in _WHAT and not i.used for i in draft.reading.items)
    moves = any("move" in i.tags and not i.stop and not i.used for i in draft.reading.items)
    figure = draft.metrics or draft.conditions or draft.ranked or draft.calendar or draft.averages
    return bool(figure or draft.extreme or hints or moves or draft.invested)


def _says_who(draft: Draft) -> bool:
    universe = any(i.is_("universe") and i.text not in ("one", "name") for i in draft.reading.items)
    return bool(draft.tickers or draft.scoped or universe)


def _claim_markers(draft: Draft) -> None:
    for item in draft.reading.items:
        if any(tag in item.tags for tag in (*_MARKERS, "only")):
            item.used = True
    draft.joining = any("join" in i.tags or "versus" in i.tags for i in draft.reading.items)


def _why(draft: Draft, previous: Intent) -> Intent | None:
    """ "Why is it first?" is answered from the figures just shown."""
    draft.reading.take("shape", "why")
    for tag in (
        "order",
        "vague",
        "listed",
        "compare_op",
        "order",
        "universe",
        "ranked",
        "number_word",
        "move",
    ):
        draft.reading.take(tag)
    if draft.reading.left_over() or draft.windows or _new_subject(draft, previous):
        for item in draft.reading.items:
            if item.is_("shape", "why"):
                item.used = False
        return None
    intent = dataclasses.replace(
        previous, shape="explain", assumptions=(), notes=("About the answer before.",)
    )
    return intent.with_params(topic="ranking")


def _new_subject(draft: Draft, previous: Intent) -> bool:
    """ "Why did GE fall?" is about a price, not about the figures just shown."""
    moved = any("move" in i.tags and not i.stop for i in draft.reading.items)
    return moved and bool(draft.tickers)


def _filled(draft: Draft, previous: Intent, said: bool) -> Intent:
    """The draft with everything from before that the new question leaves open."""
    common_words(draft)
    draft.limit = draft.limit or (
        bare_number(draft) if previous.shape in ("rank", "screen") else None
    )
    _fill_who(draft, previous)
    if (
        not draft.windows
        and not draft.days
        and not defaulted(previous)
        and previous.shape != "price"
    ):
        draft.window, draft.windows = previous.window, [previous.window]
    if not said or _only_asks_when(draft):
        _fill_what(draft, previous)
    elif previous.shape in ("rank", "screen") and draft.conditions and not draft.metrics:
        draft.metrics = list(previous.metrics)
        draft.conditions = joined(previous.conditions, draft.conditions)
        _fill_order(draft, previous)
    elif previous.shape in _METRIC_SHAPES:
        _fill_order(draft, previous)
        if draft.joining and draft.metrics:
            draft.metrics = [
                *previous.metrics,
                *(m for m in draft.metrics if m not in previous.metrics),
            ]
    if draft.metrics and not draft.extreme:
        for name, value in previous.params:
            if name not in draft.params and (not said or name != "months"):
                _fill_param(draft, name, value)
    return finish(draft)


def _only_asks_when(draft: Draft) -> bool:
    """ "When was that?" is about the figure just shown."""
    return draft.reading.has("shape", "when") and not (
        draft.metrics or draft.extreme or draft.conditions
    )


def _fill_what(draft: Draft, previous: Intent) -> None:
    draft.metrics = list(previous.metrics)
    draft.conditions = list(previous.conditions)
    _fill_order(draft, previous)


def _fill_order(draft: Draft, previous: Intent) -> None:
    if previous.shape != "rank" and previous.param("group_by") is None:
        return
    if draft.vague in ("best", "worst") and draft.metrics and draft.side is None and draft.limit:
        draft.vague, draft.side = None, "high" if draft.vague == "best" else "low"
    if draft.side is None and draft.listed is None and draft.vague is None and previous.metrics:
        high = (previous.order == "desc") != (previous.metrics[0] in SEVERITIES)
        draft.side = "high" if high else "low"
    if draft.limit is None and previous.limit != 10 and previous.shape == "rank":
        draft.limit = previous.limit


def _fill_who(draft: Draft, previous: Intent) -> None:
    """A new single subject replaces the old one and joins a comparison; "add" always joins."""
    if draft.joining and _takes_back(draft, previous):
        draft.tickers, draft.sectors, draft.industries = [], [], []
    named = bool(draft.tickers or draft.scoped)
    joins = draft.joining or (previous.shape == "compare" and draft.tickers and not draft.only_said)
    if named and joins:
        draft.tickers = [
            *previous.tickers,
            *(t for t in draft.tickers if t not in previous.tickers),
        ]
        draft.tickers = [t for t in draft.tickers if t not in draft.exclude]
        draft.exclude = [t for t in draft.exclude if t not in previous.tickers]
        return
    if named:
        draft.universe = draft.universe or (previous.shape in ("rank", "screen") and draft.scoped)
        return
    if draft.group_by:
        draft.universe = False
        previous = dataclasses.replace(previous, sector=None, industry=None)
    returned = draft.returned
    excluded = [t for t in previous.exclude if t not in (*draft.exclude, *returned)]
    draft.exclude = [*excluded, *draft.exclude]
    draft.tickers = [t for t in previous.tickers if t not in draft.exclude]
    if previous.tickers:
        draft.exclude = [t for t in draft.exclude if t not in previous.tickers]
    draft.sectors = [previous.sector] if previous.sector else []
    draft.industries = [previous.industry] if previous.industry else []
    everyone = previous.shape in ("rank", "screen") and not draft.group_by
    draft.universe = draft.universe or everyone


def _takes_back(draft: Draft, previous: Intent) -> bool:
    """ "Include tech again" after it was left out."""
    named = {*draft.tickers, *members(draft)}
    if not named or not named <= set(previous.exclude):
        return False
    draft.returned = sorted(named)
    return True


def _fill_param(draft: Draft, name: str, value: Any) -> None:
    if name == "group_by":
        draft.group_by = draft.group_by or value
    elif name == "aggregation":
        if not draft.universe:
            draft.params[name] = value
    elif name in ("confidence", "risk_free", "returns", "frequency", "benchmark", "months"):
        draft.params[name] = value
