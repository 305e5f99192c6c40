"""Questions about the data and the words themselves: lists, explanations, and "why"."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding import defaults
from analysis.understanding.building import build
from analysis.understanding.draft import Draft
from analysis.understanding.stopping import refuse


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
    if _is_particular(draft) or not draft.metrics or not defines(draft):
        return None
    draft.reading.take("shape", "explain", "why")
    draft.reading.take("universe")
    draft.reading.take("average", "mean")
    draft.reading.take("versus")
    if draft.reading.has("order") or draft.reading.has("vague"):
        return None
    return build(draft, "explain", defaults.whole(draft), tuple(draft.metrics))


def _topic(draft: Draft) -> str | None:
    named = draft.reading.free("topic")
    if not named:
        return None
    draft.reading.take("topic")
    draft.reading.take("shape", "explain")
    return named[0].tags["topic"]


def _is_particular(draft: Draft) -> bool:
    """Somebody, some time or some order was named."""
    whose = draft.tickers or draft.scoped or draft.conditions or draft.windows or draft.days
    return bool(whose or draft.ranked or draft.group_by or draft.limit or draft.rolling)


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
    named = draft.reading.free("listing")
    if named:
        return _named_list(draft, named[0].tags["listing"])
    if draft.windows or (draft.scoped and draft.reading.has("versus")):
        return None
    if draft.tickers and not draft.metrics and _asks_symbol(draft):
        return _list(draft, "tickers")
    if draft.metrics or draft.conditions or _is_ordered(draft):
        return None
    return _list_of_stocks(draft)


def _is_ordered(draft: Draft) -> bool:
    return bool(draft.side or draft.vague or draft.ranked or draft.ranking)


def _named_list(draft: Draft, what: str) -> Intent:
    """The words name what is listed: "which sectors are there"."""
    for tag in ("listing", "everything"):
        draft.reading.take(tag)
    draft.reading.take("shape", "list")
    return _list(draft, what)


def _list_of_stocks(draft: Draft) -> Intent | None:
    reading = draft.reading
    counted = (draft.universe or draft.scoped) and reading.take("shape", "count")
    listed = reading.take("shape", "list") or counted
    if draft.group_by and (listed or not reading.free("move")):
        return _grouped(draft)
    if listed or (draft.universe and draft.scoped and not _moves(draft)) or _bare_scope(draft):
        return _list(draft, "tickers")
    return None


def _asks_symbol(draft: Draft) -> bool:
    """ "What is the ticker for Coca-Cola?"."""
    return any(i.is_("universe") and i.raw in ("ticker", "symbol") for i in draft.reading.items)


def _moves(draft: Draft) -> bool:
    done = ("do", "did", "done", "doing", "perform")
    return bool(draft.reading.moves()) or any(i.text in done for i in draft.reading.items)


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
