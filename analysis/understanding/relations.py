"""Correlation in its shapes, figures against another stock, and beating the index."""

from __future__ import annotations

from analysis.intent import Condition, Intent
from analysis.metrics import metric
from analysis.understanding import asked, defaults
from analysis.understanding.bounds import MOVE
from analysis.understanding.building import build
from analysis.understanding.draft import Draft
from analysis.understanding.ordering import order_of
from analysis.understanding.stopping import refuse

_AGAINST = (
    "against", "relative to", "compared to", "compared with", "to", "with", "on",
    "measured against",
)  # fmt: skip
_STRICTLY_AGAINST = ("against", "relative to", "measured against")
_RELATIVE = ("tracking_error", "information_ratio", "up_capture", "down_capture")


def correlation(draft: Draft) -> Intent | None:
    """Pairs, a matrix, or a ranking by the correlation with one stock."""
    benchmark(draft)
    reading = draft.reading
    if reading.has("shape", "matrix") and draft.metrics in ([], ["correlation"]):
        draft.metrics = ["correlation"]
        reading.take("shape", "matrix")
        return _matrix(draft)
    _with_group(draft)
    paired = reading.has("shape", "pairs")
    if "correlation" not in draft.metrics and not paired:
        return None
    if draft.rolling or reading.has("shape", "trend") or draft.conditions:
        return _joint_trend(draft)
    if len(draft.metrics) > 1 or draft.group_by or draft.average:
        return None
    draft.metrics = ["correlation"]
    reading.take("shape", "pairs")
    return _by_subjects(draft, paired)


def _with_group(draft: Draft) -> None:
    """ "correlated with oil": a group has no returns of its own to correlate with."""
    if not draft.universe or "correlation" not in draft.metrics:
        return
    for i, item in enumerate(draft.reading.items):
        with_it = draft.reading.before(i).text in ("with", "to")
        if with_it and item.used and item.is_any("sector", "industry"):
            refuse(draft, "unsupported", "the correlation with a group")


def _by_subjects(draft: Draft, paired: bool) -> Intent | None:
    draft.reading.take("versus")
    draft.reading.take("shape", "list")
    named = len(draft.tickers)
    if named == 2 and not draft.scoped:
        return _pairs(draft)
    if named > 2:
        return _pairs(draft) if _sided(draft) else _matrix(draft)
    if named == 1 and not draft.scoped and not draft.universe and not _sided(draft):
        return None
    if named == 1:
        return _nearest(draft)
    if paired or _sided(draft) or "benchmark" in draft.params:
        return _pairs(draft) if "benchmark" not in draft.params else None
    if len(draft.sectors) + len(draft.industries) > 1 and not draft.universe:
        refuse(draft, "unsupported", "the correlation of two groups; a matrix shows their stocks")
    return _matrix(draft) if draft.universe or draft.scoped else None


def _sided(draft: Draft) -> bool:
    return bool(draft.side or draft.vague or draft.limit)


def _pairs(draft: Draft) -> Intent:
    if draft.vague and not any(i.is_("metric", "correlation") for i in draft.reading.items):
        refuse(draft, "unsupported", f"what makes a pair the {draft.vague}")
    window = defaults.window(draft)
    return build(draft, "pairs", window, ("correlation",), order=order_of("correlation", draft))


def _matrix(draft: Draft) -> Intent:
    return build(draft, "matrix", defaults.window(draft), ("correlation",))


def _nearest(draft: Draft) -> Intent:
    """ "Which stock is most correlated with Apple?": a ranking against it."""
    ticker = draft.tickers.pop()
    if ticker != draft.reading.names.index:
        draft.exclude.append(ticker)
    draft.params["benchmark"] = ticker
    draft.reading.take("than")
    window = defaults.window(draft)
    return build(draft, "rank", window, ("correlation",), order=order_of("correlation", draft))


def _joint_trend(draft: Draft) -> Intent | None:
    """ "rolling correlation of A and B": the second is what the first is measured against."""
    alone = draft.metrics == ["correlation"] and "benchmark" not in draft.params
    if alone and len(draft.tickers) == 2:
        draft.params["benchmark"] = draft.tickers.pop()
    elif len(draft.tickers) > 2 and not draft.conditions:
        refuse(draft, "unsupported", "a rolling correlation of more than two")
    return None


def benchmark(draft: Draft) -> None:
    """ "beta of Apple against Microsoft": the second name is the benchmark, not a subject."""
    compared = [c.metric for c in draft.conditions if c.metric != MOVE]
    needs = [m for m in (*draft.metrics, *compared) if metric(m).needs_benchmark]
    if not needs or "benchmark" in draft.params or not draft.tickers:
        return
    index = draft.reading.names.index
    if draft.tickers == [index] and set(needs) & set(_RELATIVE) and (draft.side or draft.limit):
        draft.universe = True  # "lowest tracking error to the index": of all stocks
    if index in draft.tickers and (len(draft.tickers) > 1 or draft.scoped or draft.universe):
        if not _pairs_up(draft, needs):
            draft.tickers.remove(index)
            draft.params["benchmark"] = index
            draft.reading.take("versus")
    elif compared and draft.universe and len(draft.tickers) == 1:
        draft.exclude.append(draft.tickers[0])
        draft.params["benchmark"] = draft.tickers.pop()
    elif needs == draft.metrics and _names_yardstick(draft, needs):
        draft.params["benchmark"] = draft.tickers.pop()
        draft.reading.take("versus")


def _pairs_up(draft: Draft, needs: list[str]) -> bool:
    """The correlation of a stock and the index: both are subjects."""
    everyone = draft.universe and not draft.conditions
    return needs == ["correlation"] and (len(draft.tickers) == 2 or everyone)


def _names_yardstick(draft: Draft, needs: list[str]) -> bool:
    """The last of the stocks that are named is what the others are measured against."""
    if len(draft.tickers) > 2:
        return _yardstick_last(draft)
    paired = len(draft.tickers) == 2 and needs != ["correlation"]
    return paired and _against(draft, needs[0])


def _yardstick_last(draft: Draft) -> bool:
    """ "beta of KO and PEP against XOM": the word stands before the last name only."""
    items = draft.reading.items
    places = [i for i, item in enumerate(items) if item.is_("company")]
    said = [draft.reading.before(i).text in _STRICTLY_AGAINST for i in places]
    last = items[places[-1]].tags["company"]
    return said[-1] and not any(said[:-1]) and last == draft.tickers[-1]


def _against(draft: Draft, name: str) -> bool:
    """The words between the two names say that the second one is the yardstick."""
    items = draft.reading.items
    places = [i for i, item in enumerate(items) if item.is_("company")]
    between = [item.text for item in items[places[0] + 1 : places[-1]]] if len(places) > 1 else []
    first = next((i for i, item in enumerate(items) if item.tags.get("metric") == name), len(items))
    said = len(places) > 1 and first < places[-1] and any(word in _AGAINST for word in between)
    return said or (name in _RELATIVE and draft.reading.has("versus"))


def beating(draft: Draft) -> Intent | None:
    """ "Which stocks beat the market in 2021?": a return above the index's, or a stock's."""
    if not _asks_who_beat(draft):
        return None
    lagging = draft.reading.has("beat", "lag")
    for tag in ("beat", "than"):
        draft.reading.take(tag)
    draft.reading.take("shape", "count")
    if draft.group_by or draft.params.get("returns"):
        refuse(draft, "unsupported", "that against the index")
    if draft.tickers and draft.tickers != [draft.reading.names.index]:
        draft.params["benchmark"] = draft.tickers[0]
        draft.exclude.append(draft.tickers[0])
    draft.tickers = []
    condition = Condition("excess_return", "<" if lagging else ">", 0.0)
    if draft.side or draft.limit or draft.position:
        return _beating_most(draft, condition)
    names = ("total_return", "excess_return")
    return build(
        draft, "screen", asked.window(draft, names), names, conditions=(condition,), limit=50
    )


def _asks_who_beat(draft: Draft) -> bool:
    stocks = draft.universe or draft.scoped or draft.reading.has("shape", "count")
    stocks = stocks or draft.reading.items[0].text == "who"
    groups = len(draft.sectors) + len(draft.industries) > 1 and not draft.universe
    return draft.reading.has("beat") and stocks and len(draft.tickers) <= 1 and not groups


def _beating_most(draft: Draft, condition: Condition) -> Intent:
    """ "Which stock beat the market by the most?": those that did, by how much."""
    high = (draft.side != "low") == (condition.op == ">")
    names = ("excess_return", "total_return")
    return build(
        draft, "rank", asked.window(draft, names), names,
        conditions=(condition,), order="desc" if high else "asc",
    )  # fmt: skip
