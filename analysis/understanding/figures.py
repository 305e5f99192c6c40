"""Shapes that give figures: value, compare, rank, screen, aggregate."""

from __future__ import annotations

import dataclasses
import itertools

from analysis.intent import Condition, Intent, Window
from analysis.metrics import metric
from analysis.understanding import defaults
from analysis.understanding.bounds import MOVE
from analysis.understanding.building import ask, build, members, refuse
from analysis.understanding.draft import Draft
from analysis.understanding.ordering import everyone, order_of
from analysis.understanding.reading import Item

OVERVIEW = ("total_return", "cagr", "volatility", "max_drawdown", "sharpe")
RISKS = ("volatility", "max_drawdown", "beta")
QUALITIES = ("total_return", "sharpe")
_RECORDS = frozenset(("all_time_high", "current_drawdown", "best_day", "worst_day"))


def screen(draft: Draft) -> Intent | None:
    """ "stocks with volatility under 20 % and CAGR over 15 %"."""
    _signs(draft)
    if not draft.conditions:
        return None
    resolve_moves(draft, "total_return")
    if draft.tickers and not (draft.universe and len(draft.tickers) > 1):
        return None
    _count_stocks(draft)
    draft.reading.take("shape", "list")
    if draft.limit or draft.side or draft.vague or draft.ranked or draft.ranking:
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
    for item in draft.reading.items:
        if not item.used and not item.stop and item.tags.get("move") in ("up", "down"):
            item.used = True
            draft.conditions = [Condition(MOVE, ">" if item.is_("move", "up") else "<", 0.0)]
            return


def _count_stocks(draft: Draft) -> None:
    """ "How many stocks rose" is answered by the list; "what share of them" is not."""
    for item in draft.reading.items:
        if item.is_("shape", "count") and item.text.split()[0] not in ("how", "number", "count"):
            refuse(draft, "unsupported", f"the {item.raw.split()[0]} of the stocks that pass")
    draft.reading.take("shape", "count")


def resolve_moves(draft: Draft, name: str) -> None:
    draft.conditions = [
        dataclasses.replace(c, metric=name) if c.metric == MOVE else c for c in draft.conditions
    ]


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
    if not (
        draft.tickers
        or draft.exclude
        or draft.scoped
        or draft.universe
        or draft.side
        or draft.group_by
        or draft.limit
    ):
        return ()
    for item in draft.reading.items:
        if not item.used and "move" in item.tags:
            item.used = True
            draft.move = draft.move or item.tags["move"]
            if not item.stop:
                draft.moved = True
    if draft.move is not None:
        if draft.move in ("down", "loss") and draft.side:
            draft.side = "low" if draft.side == "high" else "high"
        return ("total_return",)
    return ()


def ranks(draft: Draft) -> bool:
    return bool(draft.side or draft.ranked or draft.vague or draft.ranking or draft.limit)


def vague_metrics(draft: Draft) -> tuple[str, ...]:
    """The metric of "best" or "safest": asked for, because the readings differ."""
    if draft.vague is None and draft.listed and draft.side is None:
        draft.vague = {"top": "best", "bottom": "worst"}.get(draft.listed)
    kind = draft.vague
    said = draft.overrides.get("metric")
    if kind is None or said is not None:
        return ()
    risky = kind in ("safest", "riskiest")
    if kind in ("stable", "wild"):
        draft.side = "low" if kind == "stable" else "high"
        defaults.metric_chip(draft, "volatility", ("max_drawdown", "beta"))
        return ("volatility",)
    names = RISKS if risky else QUALITIES
    choices = tuple((defaults.phrase(name), metric(name).label) for name in names)
    text = f"What should “{_word(draft)}” mean?"
    # Rankings can be computed in every reading first; sectors and the index have no ranking.
    grouped = draft.scoped and not draft.universe
    settle = not (
        grouped or draft.group_by or draft.average or draft.reading.names.index in draft.tickers
    )
    ask(draft, "metric", text, choices, settle=settle)


def _word(draft: Draft) -> str:
    return next((i.raw for i in draft.reading.items if i.is_("vague", draft.vague)), "best")


def compare(draft: Draft) -> Intent | None:
    """ "compare A and B", "A vs B volatility", "is A riskier than B"."""
    tickers = list(draft.tickers)
    if compares_members(draft):
        tickers, draft.expanded = list(members(draft)), True
        draft.limit = None if draft.limit == len(tickers) else draft.limit
        draft.metrics = draft.metrics or list(_risks(draft) or OVERVIEW)
    if draft.scoped and draft.tickers and not draft.universe:
        tickers += [t for t in members(draft) if t not in tickers]
        draft.expanded = True
        draft.notes.append("Each stock of the sector is shown beside it.")
    tickers = [t for t in tickers if t not in draft.exclude]
    if len(tickers) < 2:
        return None
    _comparing_words(draft)
    if draft.vague and draft.overrides.get("metric") and draft.reading.names.index not in tickers:
        return None
    if len(tickers) > 2 and ranks(draft) and draft.reading.names.index not in tickers:
        return None
    if len(tickers) > 10:
        refuse(draft, "unsupported", "a comparison of more than 10")
    resolve_moves(draft, "total_return")
    metrics = _with_risk(draft, wanted(draft)) or _risks(draft) or vague_metrics(draft) or OVERVIEW
    draft.limit = None if draft.limit == len(tickers) else draft.limit
    draft.exclude = [] if draft.expanded else draft.exclude
    return build(
        draft, "compare", window(draft, metrics), metrics,
        tickers=tuple(tickers), order=order_of(metrics[0], draft),
    )  # fmt: skip


def compares_members(draft: Draft) -> bool:
    """ "how do the banks compare": the members of one group side by side."""
    groups = len(draft.sectors) + len(draft.industries)
    few = 1 < len(members(draft)) <= 10 if groups == 1 else False
    return few and not draft.tickers and draft.reading.has("versus") and not draft.group_by


def _risks(draft: Draft) -> tuple[str, ...]:
    """ "compare the risk of A and B": all three measures side by side, nothing to ask."""
    noun = draft.vague == "riskiest" and _word(draft).casefold() in ("risk", "risks", "riskiness")
    return RISKS if noun else ()


def _comparing_words(draft: Draft) -> None:
    for item in draft.reading.items:
        if item.text.startswith("difference"):
            item.used = True
    for tag in ("versus", "than", "beat"):
        draft.reading.take(tag)
    if draft.reading.has("beat") and not draft.metrics:
        draft.metrics = ["total_return"]
    for item in draft.reading.items:
        if item.text in ("more", "less") and "order" in item.tags:
            item.used = True


def value(draft: Draft) -> Intent | None:
    """One figure, or the usual five, of one stock or the index."""
    if len(draft.tickers) != 1 or _listing(draft) or _asks_place(draft):
        return None
    if _asks_length(draft):
        refuse(draft, "unsupported", "how long that lasted")
    resolve_moves(draft, "total_return")
    for item in draft.reading.items:
        if item.text == "or":
            item.used = True
    metrics = wanted(draft)
    _check_side(draft, metrics)
    if draft.vague in ("riskiest", "safest"):
        metrics = tuple(dict.fromkeys([*metrics, *RISKS]))
    elif draft.vague in ("stable", "wild"):
        metrics = metrics or ("volatility",)
    elif draft.vague in ("best", "worst") and not metrics:
        metrics = QUALITIES
    if draft.conditions:
        metrics = tuple(dict.fromkeys([*metrics, *(c.metric for c in draft.conditions)]))
    if not metrics:
        if draft.side or draft.ranking:
            return None
        metrics = OVERVIEW
    return build(draft, "value", window(draft, metrics), metrics)


_SIDED = frozenset(["max_drawdown", "current_drawdown", "var_95", "cvar_95"])


def _check_side(draft: Draft, metrics: tuple[str, ...]) -> None:
    """ "The highest volatility of Apple" asks when, not how much."""
    dated = draft.window is not None and draft.window.rule != "all"
    if "all_time_high" in metrics and dated:
        refuse(draft, "unsupported", "the highest price of a stretch of time")
    if any(
        i.is_("order") and i.used and i.text in ("longest", "shortest") for i in draft.reading.items
    ):
        refuse(draft, "unsupported", "how long that lasted")
    spoken = any(
        i.is_("order") and i.used and i.text in _HOW and _asked_how(draft, i)
        for i in draft.reading.items
    )
    if (
        metrics
        and draft.side
        and not spoken
        and not set(metrics) <= _SIDED
        and not draft.conditions
        and not draft.move
    ):
        refuse(
            draft,
            "unsupported",
            f"the {_extreme(draft)} {metric(metrics[0]).label.lower()} of one stock",
        )
    if metrics and draft.vague in ("best", "worst") and not set(metrics) <= _SIDED:
        refuse(
            draft,
            "unsupported",
            f"the {draft.vague} {metric(metrics[0]).label.lower()} of one stock",
        )


_HOW = (
    "high", "low", "big", "large", "deep", "small", "strongly", "highly", "closely", "much",
    "more", "less", "top",
)  # fmt: skip


def _asked_how(draft: Draft, item: Item) -> bool:
    """ "how high is", "is it highly correlated", "does it have a low beta"."""
    i = draft.reading.items.index(item)
    before = draft.reading.at(i - 1)
    return before is not None and before.text in _BEFORE_HOW


_BEFORE_HOW = (
    "how", "is", "are", "was", "were", "so", "very", "it", "much", "have", "has", "a", "as",
)  # fmt: skip


def _extreme(draft: Draft) -> str:
    return next((i.raw for i in draft.reading.items if i.is_("order") and i.used), "highest")


def _listing(draft: Draft) -> bool:
    return draft.universe and draft.side is not None and bool(draft.metrics)


def _all_stocks(draft: Draft) -> None:
    """Nobody was named: all stocks are ranked, and the chip offers the index."""
    index = draft.reading.names.index
    others = [(g, g) for g in dict.fromkeys(c.sector for c in draft.facts.stocks() if c.sector)][:3]
    defaults.chip(
        draft,
        "universe",
        "all stocks",
        "All stocks",
        *([(index, "The index")] if index else []),
        *others,
    )


def _with_risk(draft: Draft, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """ "Risk and return of all stocks": the risk is a figure of its own."""
    if (
        not metrics
        or draft.vague != "riskiest"
        or _word(draft) not in ("risk", "risks", "riskiness")
    ):
        return metrics
    draft.vague = None
    defaults.chip(draft, "metric", "volatility", "Risk as volatility")
    return metrics if "volatility" in metrics else (*metrics, "volatility")


def rank(draft: Draft) -> Intent | None:
    """ "What stocks have highest volatility?", "top 5 by Sharpe"."""
    metrics = _with_risk(draft, wanted(draft)) or _signed(draft) or vague_metrics(draft)
    if metrics and len(draft.tickers) == 1 and _asks_place(draft):
        draft.tickers, draft.limit = [], draft.limit or min(100, len(draft.facts.stocks()))
        draft.universe = True
    if not metrics or (len(draft.tickers) == 1 and not draft.universe):
        return None
    if any(
        i.is_("order") and i.used and i.text in ("longest", "shortest") for i in draft.reading.items
    ):
        refuse(draft, "unsupported", "how long that lasted")
    draft.tickers = [t for t in draft.tickers if t != draft.reading.names.index]
    draft.reading.take("versus")
    draft.reading.take("shape", "worth")
    draft.reading.take("shape", "list")
    resolve_moves(draft, "total_return")
    if not (
        draft.tickers
        or draft.exclude
        or draft.scoped
        or draft.universe
        or draft.side
        or draft.ranked
        or draft.vague
        or draft.limit
        or draft.listed
    ):
        _all_stocks(draft)
    shown = metrics + tuple(c.metric for c in draft.conditions if c.metric not in metrics)
    return build(
        draft, "rank", window(draft, shown), shown, order=order_of(metrics[0], draft),
        limit=1 if _one_best(draft) else everyone(draft) or max(10, len(draft.tickers)),
    )  # fmt: skip


def _signed(draft: Draft) -> tuple[str, ...]:
    """ "highest positive skew": ordered by what the condition is about."""
    named = [c for c in draft.conditions if c.metric != MOVE and c.value == 0]
    if draft.metrics or not draft.side or len(draft.conditions) != 1 or not named:
        return ()
    if named[0].op == "<":
        draft.side = "low" if draft.side == "high" else "high"
    return (named[0].metric,)


def _asks_length(draft: Draft) -> bool:
    items = draft.reading.items
    pairs = itertools.pairwise(item.text for item in items)
    return ("how", "long") in pairs


def _asks_place(draft: Draft) -> bool:
    """ "where does Apple rank by volatility": the whole ranking, so that its place is seen."""
    stock = draft.tickers[:1] != [draft.reading.names.index]
    return draft.ranking and stock and bool(draft.metrics)


def _one_best(draft: Draft) -> bool:
    """ "the best stock": one, so that only the first place has to agree between the readings."""
    words = {i.raw.casefold() for i in draft.reading.items if i.is_("universe")}
    if "metric" not in draft.overrides:
        return False
    asked = draft.vague in ("best", "worst", "safest", "riskiest")
    return asked and not draft.tickers and bool(words) and words <= _SINGULAR


_SINGULAR = frozenset(
    ["stock", "share", "company", "firm", "name", "equity", "ticker", "business", "one", "security"]
)
