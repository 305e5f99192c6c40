"""Follow-ups: what a short question takes over from the one before it, and what it changes."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

from analysis.intent import Assumption, Intent, Window
from analysis.understanding import defaults
from analysis.understanding.conditions import SEVERITIES, amount_at
from analysis.understanding.draft import Draft
from analysis.understanding.events import invested_since
from analysis.understanding.lists import defines
from analysis.understanding.residue import check_families, check_left_over
from analysis.understanding.shapes import common_words, intent_of

_METRIC_SHAPES = frozenset(["rank", "value", "compare", "aggregate", "screen"])
_MARKERS = ("marker", "also", "join")
_WHAT = frozenset(
    [
        "seasonality",
        "up_streak",
        "down_streak",
        "streak",
        "matrix",
        "pairs",
        "golden",
        "death",
        "cross",
        "recovery",
        "trough",
        "peak",
        "when",
        "count",
        "list",
        "explain",
        "trend",
        "rolling",
        "invest",
        "worth",
    ]
)


def follow_up(draft: Draft, previous: Intent) -> Intent | None:
    """The previous intent with the changes, or None where the question stands by itself."""
    if draft.reading.has("shape", "why"):
        return _why(draft, previous)
    marked = _marked(draft)
    _sampling(draft, previous)
    said, named = _says_what(draft), _says_who(draft)
    if previous.shape in ("list", "explain") or (said and named and not marked):
        return None
    if _stands_alone(draft, said, named) and not marked:
        return None
    if not any(item.used or item.tags.keys() & _SAYING for item in draft.reading.items):
        return None
    check_families(draft)
    _claim_markers(draft)
    if said and named:
        return _noted(draft, previous, _same_window(draft, previous))
    if said or previous.shape in _METRIC_SHAPES:
        return _noted(draft, previous, _filled(draft, previous, said))
    return _noted(draft, previous, _replaced(draft, previous))


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
_SAYING = frozenset(
    [
        "by",
        "chart",
        "shape",
        "frequency",
        "setting",
        "average",
        "everything",
        "also",
        "join",
        "versus",
        "listed",
        "unit",
    ]
)
_PRONOUNS = frozenset(["it", "its", "they", "them", "their", "that", "those", "this", "these"])


def _stands_alone(draft: Draft, said: bool, named: bool) -> bool:
    """A ranking needs nobody, "what is beta" neither; "worst month", "its beta" need somebody."""
    words = {word for item in draft.reading.items for word in item.text.split()}
    if any(tag in i.tags for i in draft.reading.items for tag in ("listing", "topic")):
        return True
    if draft.reading.has("shape", "list") and not draft.metrics:
        return True
    if words & _PRONOUNS:
        return False
    if not said:
        return named and bool(draft.vague) and any(i.is_("universe") for i in draft.reading.items)
    if draft.metrics and defines(draft) and "the" not in words:
        return True
    ranks = draft.side or draft.ranked or draft.vague or draft.limit or draft.group_by
    return bool(ranks) and not draft.extreme and bool(draft.metrics or draft.ranked)


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
    for tag in ("order", "vague", "listed", "universe", "ranked", "number_word", "move"):
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


def _same_window(draft: Draft, previous: Intent) -> Intent:
    """ "And the volatility of MSFT?" names everything but the time."""
    if not draft.windows and not draft.days and not _defaulted(previous):
        draft.window, draft.windows = previous.window, [previous.window]
    return _finish(draft)


def _defaulted(previous: Intent) -> bool:
    return any(a.slot == "window" for a in previous.assumptions)


def _finish(draft: Draft) -> Intent:
    intent = intent_of(draft)
    check_left_over(draft)
    return intent


def _filled(draft: Draft, previous: Intent, said: bool) -> Intent:
    """The draft with everything from before that the new question leaves open."""
    draft.limit = draft.limit or (
        _bare_number(draft) if previous.shape in ("rank", "screen") else None
    )
    _fill_who(draft, previous)
    if (
        not draft.windows
        and not draft.days
        and not _defaulted(previous)
        and previous.shape != "price"
    ):
        draft.window, draft.windows = previous.window, [previous.window]
    if not said or _only_asks_when(draft):
        _fill_what(draft, previous)
    elif previous.shape in ("rank", "screen") and draft.conditions and not draft.metrics:
        draft.metrics = list(previous.metrics)
        draft.conditions = [*previous.conditions, *draft.conditions]
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
    return _finish(draft)


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
    named = bool(draft.tickers or draft.scoped)
    joins = draft.joining or (previous.shape == "compare" and draft.tickers and not draft.only_said)
    if named and joins:
        draft.tickers = [
            *previous.tickers,
            *(t for t in draft.tickers if t not in previous.tickers),
        ]
        return
    if named:
        draft.universe = draft.universe or (previous.shape in ("rank", "screen") and draft.scoped)
        return
    if draft.group_by:
        draft.universe = False
        previous = dataclasses.replace(previous, sector=None, industry=None)
    excluded = [t for t in previous.exclude if t not in draft.exclude]
    draft.exclude = [*excluded, *draft.exclude]
    draft.tickers = [t for t in previous.tickers if t not in draft.exclude]
    if previous.tickers:
        draft.exclude = [t for t in draft.exclude if t not in previous.tickers]
    draft.sectors = [previous.sector] if previous.sector else []
    draft.industries = [previous.industry] if previous.industry else []
    everyone = previous.shape in ("rank", "screen") and not draft.group_by
    draft.universe = draft.universe or everyone


def _fill_param(draft: Draft, name: str, value: Any) -> None:
    if name == "group_by":
        draft.group_by = draft.group_by or value
    elif name == "aggregation":
        if not draft.universe:
            draft.params[name] = value
    elif name in ("confidence", "risk_free", "returns", "frequency", "benchmark", "months"):
        draft.params[name] = value


def _replaced(draft: Draft, previous: Intent) -> Intent:
    """Shapes of their own (counts, extremes, streaks …): the fields that were said change."""
    common_words(draft)
    if draft.rolling:
        draft.tickers, draft.metrics = list(previous.tickers), list(previous.metrics)
        return _same_window(draft, previous)
    changes: dict[str, Any] = {"assumptions": (), **_threshold(draft, previous)}
    if draft.tickers:
        joins = draft.joining or previous.shape in ("pairs", "matrix") or len(previous.tickers) > 1
        changes["tickers"] = (
            tuple(dict.fromkeys([*previous.tickers, *draft.tickers]))
            if joins
            else tuple(draft.tickers)
        )
        changes["sector"] = changes["industry"] = None
    if draft.scoped:
        changes |= {"tickers": (), "sector": None, "industry": None}
        changes |= (
            {"sector": draft.sectors[0]} if draft.sectors else {"industry": draft.industries[0]}
        )
    if draft.exclude:
        changes["exclude"] = (*previous.exclude, *draft.exclude)
    limit = draft.limit or _bare_number(draft)
    if limit:
        changes["limit"] = limit
    turned = _turned(draft, previous)
    if turned:
        changes["order"] = turned
    if draft.window or draft.days:
        changes["window"] = (
            invested_since(draft) if previous.shape == "whatif" else draft.window or previous.window
        )
    params = dict(previous.params) | draft.params
    if draft.days and previous.shape == "price":
        params["date"] = draft.days[0].end.isoformat()
        changes["window"] = Window(None, draft.days[0].end, draft.days[0].label, "range")
    if previous.shape == "whatif":
        params |= _payment(draft)
    step = draft.period or _step(draft)
    if step:
        params["period"] = step
    changes["params"] = tuple(sorted(params.items()))
    check_left_over(draft)
    return dataclasses.replace(previous, **changes)


def _threshold(draft: Draft, previous: Intent) -> dict[str, Any]:
    """ "More than 3 %" after a count: the same kind of move, another bound."""
    for i, item in enumerate(draft.reading.items):
        amount = amount_at(draft, i + 1)
        if item.used or "compare_op" not in item.tags or not previous.conditions or amount is None:
            continue
        old = previous.conditions[0]
        value = amount.value / 100 if amount.unit == "%" or amount.value >= 1.5 else amount.value
        sign = -1 if old.op.startswith("<") and old.value <= 0 else 1
        strict = item.tags["compare_op"] in ("gt", "lt")
        if item.tags["compare_op"] not in ("gt", "ge"):
            return {}
        op = ("<" if sign < 0 else ">") + ("" if strict else "=")
        draft.reading.claim(*range(i, amount.end))
        return {
            "conditions": (
                dataclasses.replace(old, op=cast(Any, op), value=sign * round(value, 10)),
            )
        }
    return {}


def _step(draft: Draft) -> str | None:
    """ "And monthly?" changes the period of calendar returns, counts and extremes."""
    steps = {
        "daily": "day",
        "weekly": "week",
        "monthly": "month",
        "quarterly": "quarter",
        "yearly": "year",
    }
    for item in draft.reading.items:
        if not item.used and item.tags.get("frequency") in steps:
            item.used = True
            return steps[item.tags["frequency"]]
    return None


def _payment(draft: Draft) -> dict[str, Any]:
    """ "$500", "monthly instead" after a what-if."""
    found: dict[str, Any] = {}
    for tag, mode in (("save", "monthly"), ("lump", "lump")):
        if draft.reading.take("shape", tag):
            found["mode"] = mode
    for item in draft.reading.items:
        if not item.used and item.number is not None and item.unit in ("$", "k"):
            item.used = True
            found["amount"] = item.number
    return found


def _bare_number(draft: Draft) -> int | None:
    """ "Show me 20": how many rows."""
    for item in draft.reading.items:
        number = item.number
        if item.used or item.kind != "number" or number is None or item.unit:
            continue
        if number == int(number) and 1 <= number <= 100:
            item.used = True
            return int(number)
    return None


def _turned(draft: Draft, previous: Intent) -> str | None:
    side = draft.side or {"best": "high", "worst": "low"}.get(draft.vague or "")
    side = side or {"top": "high", "bottom": "low"}.get(draft.listed or "")
    return {"high": "desc", "low": "asc"}.get(side or "")


def _noted(draft: Draft, previous: Intent, intent: Intent) -> Intent:
    """Says what was kept and what changed."""
    kept: list[tuple[str, Any]] = []
    changed: list[tuple[str, Any]] = []
    for name, before, after in _aspects(previous, intent):
        (kept if before == after else changed).append((name, after))
    note = f"Follow-up: changed {_list(changed)}; kept {_list(kept)}."
    own = intent.assumptions
    if not own:
        own = tuple(a for a in previous.assumptions if _still_true(a, previous, intent))
    notes = (*draft.notes, note) if changed else tuple(draft.notes)
    return dataclasses.replace(intent, assumptions=own, notes=notes)


def _still_true(chip: Assumption, before: Intent, after: Intent) -> bool:
    """A chip stays while the follow-up has not changed what it says."""
    if before.shape != after.shape:
        return False
    same = {
        "window": before.window == after.window,
        "ticker": before.tickers == after.tickers,
        "metric": before.metrics == after.metrics,
    }
    return same.get(chip.slot, before.param(chip.slot) == after.param(chip.slot))


_ORDERED = ("rank", "extremes", "pairs", "aggregate")


def _aspects(before: Intent, after: Intent) -> list[tuple[str, Any, Any]]:
    """(name, before, after) of everything worth saying."""
    names = [
        ("the figures", "metrics"), ("the subject", "tickers"), ("the sector", "sector"),
        ("the industry", "industry"), ("left out", "exclude"),
    ]  # fmt: skip
    found: list[tuple[str, Any, Any]] = [
        (label, getattr(before, field), getattr(after, field)) for label, field in names
    ]
    if after.shape in _ORDERED:
        found.append(("the order", before.order, after.order))
        found.append(("the number", before.limit, after.limit))
    found.append(("the window", before.window.label, after.window.label))
    for name in sorted({*dict(before.params), *dict(after.params)}):
        found.append((name.replace("_", " "), before.param(name), after.param(name)))
    return [(n, b, a) for n, b, a in found if b or a]


def _list(aspects: list[tuple[str, Any]]) -> str:
    texts = [f"{name} ({_plain(value)})" for name, value in aspects]
    return ", ".join(texts) or "nothing"


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(defaults.phrase(v) for v in value) if value else "all"
    words = {"desc": "highest first", "asc": "lowest first", None: "none"}
    return words.get(value, str(value))
