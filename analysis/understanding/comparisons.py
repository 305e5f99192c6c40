"""A few stocks side by side."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding.asked import (
    OVERVIEW,
    ranks,
    resolve_moves,
    risks,
    vague_metrics,
    wanted,
    window,
    with_risk,
)
from analysis.understanding.building import build, members
from analysis.understanding.draft import Draft
from analysis.understanding.ordering import order_of
from analysis.understanding.stopping import refuse

MOST = 10


def compare(draft: Draft) -> Intent | None:
    """ "compare A and B", "A vs B volatility", "is A riskier than B"."""
    tickers = _compared(draft)
    if len(tickers) < 2:
        return None
    _comparing_words(draft)
    draft.limit = None if draft.limit == len(tickers) else draft.limit
    if _is_ranking(draft, tickers):
        return None
    if len(tickers) > MOST:
        refuse(draft, "unsupported", f"a comparison of more than {MOST}")
    resolve_moves(draft, "total_return")
    metrics = with_risk(draft, wanted(draft)) or risks(draft) or vague_metrics(draft) or OVERVIEW
    draft.exclude = [] if draft.expanded else draft.exclude
    return build(
        draft, "compare", window(draft, metrics), metrics,
        tickers=tuple(tickers), order=order_of(metrics[0], draft),
    )  # fmt: skip


def _compared(draft: Draft) -> list[str]:
    """The stocks that are named, and the members of a group that stands beside them."""
    tickers = list(draft.tickers)
    if compares_members(draft):
        tickers, draft.expanded = list(members(draft)), True
        draft.metrics = draft.metrics or list(risks(draft) or OVERVIEW)
    if draft.scoped and draft.tickers and not draft.universe:
        tickers += [t for t in members(draft) if t not in tickers]
        draft.expanded = True
        draft.notes.append("Each stock of the sector is shown beside it.")
    return [t for t in tickers if t not in draft.exclude]


def compares_members(draft: Draft) -> bool:
    """ "how do the banks compare": the members of one group side by side."""
    groups = len(draft.sectors) + len(draft.industries)
    few = groups == 1 and 1 < len(members(draft)) <= MOST
    return few and not draft.tickers and draft.reading.has("versus") and not draft.group_by


def _is_ranking(draft: Draft, tickers: list[str]) -> bool:
    """An order of several stocks, or of two by a figure that was chosen for "best"."""
    if draft.reading.names.index in tickers or risks(draft):
        return False
    chosen = bool(draft.vague and draft.overrides.get("metric"))
    return chosen or (len(tickers) > 2 and ranks(draft))


def _comparing_words(draft: Draft) -> None:
    draft.reading.take_words("difference", "difference between")
    for tag in ("versus", "beat"):
        draft.reading.take(tag)
    if not draft.universe:  # "stocks with a higher Sharpe than KO and PEP" are no comparison of two
        draft.reading.take("than")
    if draft.reading.has("beat") and not draft.metrics:
        draft.metrics = ["total_return"]
    draft.reading.take_words("more", "less")
