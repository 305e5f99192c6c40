"""Figures of sectors, industries and portfolios."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding import defaults
from analysis.understanding.asked import OVERVIEW, ranks, vague_metrics, wanted, window
from analysis.understanding.building import build
from analysis.understanding.comparisons import compares_members
from analysis.understanding.draft import Draft
from analysis.understanding.ordering import order_of
from analysis.understanding.rankings import first_of_each, says_each
from analysis.understanding.stopping import refuse

# An average of these needs to say whether it is one of days, months or years.
_OF_A_PERIOD = frozenset(
    ["total_return", "price", "growth", "max_drawdown", "current_drawdown", "momentum"]
)
_JOINTS = ("than", "versus", "beat")


def aggregate(draft: Draft) -> Intent | None:
    """ "average volatility of energy stocks", "volatility by sector", "how did tech do in 2020"."""
    if not _is_about_groups(draft):
        return None
    if len(draft.tickers) == 1 and draft.average in ("mean", "median"):
        _mean_of_one(draft)
        return None
    if _ranks_within(draft):
        return first_of_each(draft)
    _check_summary(draft)
    metrics = _metrics(draft)
    if not metrics:
        return None
    for tag in ("mean", "median", "portfolio", "rebalanced"):
        if draft.reading.take("average", tag):
            draft.params["aggregation"] = tag
    kind = defaults.aggregation(draft)
    group = draft.group_by or (_level(draft) if _several(draft) else None)
    for tag in _JOINTS:
        draft.reading.take(tag)
    return build(
        draft, "aggregate", window(draft, metrics), metrics,
        order=_aggregate_order(draft, metrics[0], group), aggregation=kind, group_by=group,
        limit=100,
    )  # fmt: skip


def _ranks_within(draft: Draft) -> bool:
    """ "The best stock of each sector", "top 3 per industry": an order of stocks, not of groups."""
    of_stocks = draft.universe or (draft.limit and says_each(draft))
    return bool(draft.group_by and of_stocks and ranks(draft) and not _asks_group(draft))


def _is_about_groups(draft: Draft) -> bool:
    """A grouping, an average, or a sector or industry as the subject."""
    if draft.average is not None:
        return True
    if draft.tickers or compares_members(draft):
        return False
    return draft.group_by is not None or _is_subject(draft)


def _is_subject(draft: Draft) -> bool:
    alone = draft.scoped and not draft.universe and not draft.tickers
    return alone and (_joined(draft) or not ranks(draft))


def _several(draft: Draft) -> bool:
    return len(draft.sectors) + len(draft.industries) > 1


def _joined(draft: Draft) -> bool:
    """Two groups beside each other."""
    return _several(draft) and any(draft.reading.has(tag) for tag in _JOINTS)


def _check_summary(draft: Draft) -> None:
    if draft.reading.has("average", "mean") and draft.reading.has("average", "median"):
        refuse(draft, "unsupported", "a mean and a median at once", "median volatility by sector")
    if "correlation" in draft.metrics and "benchmark" not in draft.params:
        group = next(iter((*draft.sectors, *draft.industries)), "all")
        nearest = f"correlation matrix of {group} stocks"
        refuse(draft, "unsupported", "the correlation of a group with itself", nearest)


def _metrics(draft: Draft) -> tuple[str, ...]:
    joined = _joined(draft)
    if joined and draft.reading.has("beat") and not draft.metrics:
        draft.metrics = ["total_return"]
    metrics = wanted(draft) or vague_metrics(draft) or (OVERVIEW if joined else ())
    if metrics or not draft.windows or not (draft.group_by or _is_subject(draft)):
        return metrics
    defaults.metric_chip(draft, "total_return", ("volatility", "sharpe"))
    return ("total_return",)


def _level(draft: Draft) -> str:
    """Groups stand side by side as sectors or as industries, never as both."""
    names = draft.reading.names
    for industry in draft.industries[:] if draft.sectors else ():
        sector = names.tickers[names.members(industry)[0]].sector
        if names.members(sector) != names.members(industry):
            refuse(draft, "unsupported", f"an industry ({industry}) beside a sector")
        draft.industries.remove(industry)
        if sector not in draft.sectors:
            draft.sectors.append(sector)
    return "sector" if draft.sectors else "industry"


def _mean_of_one(draft: Draft) -> None:
    """ "average volatility of AAPL" is its volatility; beside a group's mean it cannot stand."""
    if draft.scoped or draft.universe or draft.group_by:
        refuse(draft, "unsupported", "one stock beside the average of others")
    if draft.average == "median":
        refuse(draft, "unsupported", "a median of one stock", f"volatility of {draft.tickers[0]}")
    if not draft.metrics or set(draft.metrics) & _OF_A_PERIOD:
        refuse(draft, "unsupported", "an average of that over time")
    draft.reading.take("average", "mean")
    draft.average = None


def _asks_group(draft: Draft) -> bool:
    """ "which sector has the most volatile stocks" asks for the sector itself."""
    groups = [i.text for i in draft.reading.items if i.is_("by")]
    return draft.average is not None or any(t.split()[0] in ("which", "what") for t in groups)


def _aggregate_order(draft: Draft, name: str, group: str | None) -> str:
    return order_of(name, draft) if group or ranks(draft) else "desc"
