"""Follow-ups: whether a question goes on from the one before it, and in which way."""

from __future__ import annotations

import dataclasses

from analysis.intent import Intent
from analysis.understanding.amending import amend, only_moves
from analysis.understanding.changing import replaced, same_window
from analysis.understanding.draft import Draft
from analysis.understanding.filling import METRIC_SHAPES, filled
from analysis.understanding.lists import defines
from analysis.understanding.noting import noted
from analysis.understanding.reading import Item
from analysis.understanding.residue import check_families

_SAID_OF_A_PLACE = (
    "order", "vague", "listed", "compare_op", "universe", "ranked", "number_word", "move",
)  # fmt: skip
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
    if _asks_meaning(draft):
        return _meaning(previous)
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
    if (said and not only_moves(draft, previous)) or previous.shape in METRIC_SHAPES:
        return noted(draft, previous, filled(draft, previous, said))
    return noted(draft, previous, replaced(draft, previous))


def _asks_meaning(draft: Draft) -> bool:
    """ "What does that mean?", and nothing else."""
    reading = draft.reading
    explained = reading.has("shape", "explain") and not (draft.metrics or draft.windows)
    return explained and all(i.stop or i.is_("shape", "explain") for i in reading.items)


def _meaning(previous: Intent) -> Intent | None:
    """The definitions of the figures just shown."""
    compared = (condition.metric for condition in previous.conditions)
    metrics = tuple(dict.fromkeys((*previous.metrics, *compared)))
    if not metrics:
        return None
    notes = ("About the answer before.",)
    return Intent("explain", previous.window, metrics, notes=notes)


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
    first, last = draft.reading.items[0], draft.reading.items[-1]
    opened = first.text in ("and", "but", "then", "now", "or")
    return opened or first.is_any(*_MARKERS, "only") or last.is_("marker")


# Tags of words that change something; a text without any of them ("thanks") is no follow-up.
_SAYING = (
    "by", "chart", "compare_op", "order", "shape", "frequency", "setting", "average", "everything",
    "also", "join", "versus", "turn", "listed", "unit",
)  # fmt: skip
_PRONOUNS = frozenset(["it", "its", "they", "them", "their", "that", "those", "this", "these"])


def _says_something(item: Item) -> bool:
    return item.used or item.moves or item.number is not None or item.is_any(*_SAYING)


def _stands_alone(draft: Draft, said: bool, named: bool) -> bool:
    """A ranking needs nobody, "what is beta" neither; "worst month", "its beta" need somebody."""
    items = draft.reading.items
    words = {word for item in items for word in item.text.split()}
    if _is_of_the_data(draft):
        return True
    if items[0].text in _COMPARES and len(draft.tickers) > 1 and not said:
        return not words & _PRONOUNS  # "compare A and B" has figures of its own
    if words & _PRONOUNS or any(i.is_("universe") and i.text == "one" for i in items):
        return False
    if not said:
        return named and bool(draft.vague) and draft.reading.has("universe")
    if draft.metrics and defines(draft) and "the" not in words:
        return True
    ranks = draft.side or draft.ranked or draft.vague or draft.limit or draft.group_by
    return bool(ranks) and not draft.extreme and bool(draft.metrics or draft.ranked)


def _is_of_the_data(draft: Draft) -> bool:
    """Lists, and what the data and the words themselves are."""
    if draft.reading.has("listing") or draft.reading.has("topic"):
        return True
    listed = draft.reading.has("shape", "list") or (draft.tickers and _asks_group(draft))
    return bool(listed) and not draft.metrics


def _asks_group(draft: Draft) -> bool:
    """ "Which sector is Apple in?"."""
    groups = [i for i in draft.reading.items if i.is_("by", "sector", "industry")]
    return any(i.text.split()[0] in ("which", "what") for i in groups)


def _is_terse(draft: Draft, named: bool) -> bool:
    """ "Least volatile?" after a ranking is about the same stocks and the same time."""
    turned = bool(draft.metrics) and bool(draft.side or draft.vague)
    return turned and not named and not draft.windows and len(draft.reading.items) <= _TERSE


def _says_what(draft: Draft) -> bool:
    hints = draft.reading.free("shape", *_WHAT)
    figure = draft.metrics or draft.conditions or draft.ranked or draft.calendar or draft.averages
    said = figure or draft.extreme or draft.invested
    return bool(said or hints or draft.reading.moves())


def _says_who(draft: Draft) -> bool:
    universe = any(i.is_("universe") and i.text not in ("one", "name") for i in draft.reading.items)
    return bool(draft.tickers or draft.scoped or universe)


def _claim_markers(draft: Draft) -> None:
    for tag in (*_MARKERS, "only"):
        draft.reading.take(tag)
    draft.joining = draft.reading.has("join") or draft.reading.has("versus")


def _why(draft: Draft, previous: Intent) -> Intent | None:
    """ "Why is it first?" is answered from the figures just shown."""
    draft.reading.take("shape", "why")
    for tag in _SAID_OF_A_PLACE:
        draft.reading.take(tag)
    if draft.reading.left_over() or draft.windows or _new_subject(draft):
        for item in draft.reading.items:
            if item.is_("shape", "why"):
                item.used = False
        return None
    notes = ("About the answer before.",)
    intent = dataclasses.replace(previous, shape="explain", assumptions=(), notes=notes)
    return intent.with_params(topic="ranking")


def _new_subject(draft: Draft) -> bool:
    """ "Why did GE fall?" is about a price, not about the figures just shown."""
    return bool(draft.tickers) and any(item.moves for item in draft.reading.items)
