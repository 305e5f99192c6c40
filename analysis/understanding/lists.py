"""Questions about the data and the words themselves: lists, explanations, and "why"."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding import defaults
from analysis.understanding.building import build, refuse
from analysis.understanding.draft import Draft


def why(draft: Draft) -> Intent | None:
    """Prices do not say why; a "why" about a ranking just shown is a follow-up."""
    if not draft.reading.has("shape", "why") or (draft.metrics and defines(draft)):
        return None
    refuse(draft, "causal", "why")


def explain(draft: Draft) -> Intent | None:
    """ "What is the Sharpe ratio?", "how is volatility calculated?", "what data do you use?"."""
    topic = _topic(draft)
    if topic:
        return build(draft, "explain", defaults.whole(draft), tuple(draft.metrics), topic=topic)
    bare = not (draft.tickers or draft.scoped or draft.conditions or draft.windows or draft.ranked)
    bare = bare and not (draft.group_by or draft.limit or draft.days or draft.rolling)
    if not bare or not draft.metrics or not defines(draft):
        return None
    for tag in ("explain", "why"):
        draft.reading.take("shape", tag)
    draft.reading.take("universe")
    draft.reading.take("average", "mean")
    draft.reading.take("versus")
    for item in draft.reading.items:
        if item.is_("order") or item.is_("vague"):
            return None
    return build(draft, "explain", defaults.whole(draft), tuple(draft.metrics))


def _topic(draft: Draft) -> str | None:
    i = draft.reading.find("topic", free=True)
    if i is None:
        return None
    topic = draft.reading.items[i].tags["topic"]
    draft.reading.take("topic")
    draft.reading.take("shape", "explain")
    return topic


def defines(draft: Draft) -> bool:
    """ "what is X", "what does X mean", or a word of explaining, and nothing but metrics."""
    words = [item.text for item in draft.reading.items]
    if draft.reading.has("shape", "explain"):
        return True
    asks = words[:2] in (["what", "is"], ["what", "are"]) or (
        words[:1] == ["what"] and "mean" in words
    )
    plain = all(item.used or item.stop for item in draft.reading.items)
    return asks and not draft.universe and plain and not draft.side and not draft.vague


def listing(draft: Draft) -> Intent | None:
    """ "list all energy stocks", "which sectors are there", "what period does the data cover"."""
    reading = draft.reading
    i = reading.find("listing", free=True)
    if i is not None:
        what = reading.items[i].tags["listing"]
        for tag in ("listing", "everything"):
            reading.take(tag)
        reading.take("shape", "list")
        return _list(draft, what)
    if draft.windows or (draft.scoped and reading.has("versus")):
        return None
    if draft.tickers and not draft.metrics and _asks_symbol(draft):
        return _list(draft, "tickers")
    if (
        draft.metrics
        or draft.conditions
        or draft.side
        or draft.vague
        or draft.ranked
        or draft.ranking
    ):
        return None
    counted = (draft.universe or draft.scoped) and reading.take("shape", "count")
    listed = reading.take("shape", "list") or counted
    if draft.group_by and (
        listed or not any("move" in i.tags and not i.used for i in reading.items)
    ):
        return _grouped(draft)
    if listed or (draft.universe and draft.scoped and not _moves(draft)) or _bare_scope(draft):
        return _list(draft, "tickers")
    return None


def _asks_symbol(draft: Draft) -> bool:
    """ "What is the ticker for Coca-Cola?"."""
    return any(i.is_("universe") and i.raw in ("ticker", "symbol") for i in draft.reading.items)


def _moves(draft: Draft) -> bool:
    return any("move" in i.tags and not i.used and not i.stop for i in draft.reading.items) or any(
        i.text in ("do", "did", "done", "doing", "perform") for i in draft.reading.items
    )


def _bare_scope(draft: Draft) -> bool:
    plain = not draft.average and not draft.windows and not draft.reading.has("versus")
    return draft.scoped and not draft.tickers and not _moves(draft) and plain


def _grouped(draft: Draft) -> Intent:
    """ "which sector is Apple in": the line of that stock; else the sectors themselves."""
    if draft.tickers:
        draft.group_by = None
        return _list(draft, "tickers")
    return _list(draft, {"sector": "sectors", "industry": "industries"}[draft.group_by or "sector"])


def _list(draft: Draft, what: str) -> Intent:
    if what == "tickers" and draft.tickers == [draft.reading.names.index]:
        refuse(draft, "unsupported", "what the index consists of")
    for item in draft.reading.items:
        if item.is_("move") and item.stop:
            item.used = True
    return build(draft, "list", defaults.whole(draft), (), of=what, limit=1000)
