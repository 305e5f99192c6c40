"""From a draft to an `Intent`: what every shape shares, and the check that nothing was dropped."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, cast

from analysis.intent import DEFAULT_BENCHMARK, Condition, Intent, Order, Window
from analysis.metrics import metric
from analysis.understanding import defaults
from analysis.understanding.bounds import MOVE
from analysis.understanding.draft import Draft
from analysis.understanding.stopping import refuse

# Shapes that read these fields; where another shape has the field, something would be ignored.
_LIMITED = frozenset(
    ["rank", "extremes", "streaks", "drawdowns", "pairs", "aggregate", "count", "screen", "list"]
)
ORDERED = frozenset(["rank", "aggregate", "extremes", "pairs"])
_CONDITIONED = frozenset(["rank", "screen", "count", "extremes", "value"])
_ALTERNATIVE = frozenset(["rank", "screen", "value"])
_SCOPED = frozenset(
    ["rank", "aggregate", "screen", "count", "extremes", "streaks", "pairs", "matrix", "list"]
)
_RETURNS = frozenset([
    "total_return", "day_return", "week_return", "month_return", "year_return", "price", "growth",
    "mean_return", "cagr",
])  # fmt: skip
_COMMON = ("confidence", "risk_free", "returns", "frequency", "benchmark", "months", "chart")


def build(
    draft: Draft,
    shape: str,
    window: Window,
    metrics: tuple[str, ...] = (),
    *,
    tickers: tuple[str, ...] | None = None,
    order: str = "desc",
    conditions: tuple[Condition, ...] | None = None,
    limit: int = 10,
    **params: Any,
) -> Intent:
    """The intent of a shape; refuses where something that was said would be ignored."""
    intent = Intent(
        shape=shape,
        window=window,
        metrics=metrics,
        tickers=tuple(draft.tickers) if tickers is None else tickers,
        exclude=tuple(draft.exclude),
        conditions=tuple(draft.conditions) if conditions is None else conditions,
        order=cast(Order, order),
        limit=1 if draft.position else draft.limit or limit,
        params=_parameters(draft, params),
    )
    intent = _scoped(draft, intent)
    if shape not in ("pairs", "matrix", "explain"):
        defaults.benchmark_chip(draft, metrics)
        defaults.risk_free_chip(draft, metrics)
    _check(draft, intent)
    return dataclasses.replace(
        intent, assumptions=tuple(draft.assumptions), notes=tuple(draft.notes)
    )


def _parameters(draft: Draft, own: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Those of the shape, and those that were said and any shape may have."""
    merged = {name: value for name, value in draft.params.items() if name in _COMMON} | own
    merged |= {"position": draft.position, "any": draft.any_of or None}
    if merged.get("benchmark") == DEFAULT_BENCHMARK:
        del merged["benchmark"]  # said or not, it means the same and shares a cache key
    return tuple(sorted((name, value) for name, value in merged.items() if value is not None))


def _scoped(draft: Draft, intent: Intent) -> Intent:
    """One sector or one industry stands for itself; several become their members."""
    if intent.shape not in _SCOPED or intent.tickers:
        return intent
    groups = [*draft.sectors, *draft.industries]
    if len(draft.sectors) == 1 and len(groups) == 1:
        return dataclasses.replace(intent, sector=draft.sectors[0])
    if len(draft.industries) == 1 and len(groups) == 1:
        return dataclasses.replace(intent, industry=draft.industries[0])
    return dataclasses.replace(intent, tickers=members(draft))


def members(draft: Draft) -> tuple[str, ...]:
    """The stocks of every sector and industry that was named."""
    names = draft.reading.names
    found = [t for g in (*draft.sectors, *draft.industries) for t in names.members(g)]
    return tuple(t for t in dict.fromkeys(found) if t not in draft.exclude)


def _check(draft: Draft, intent: Intent) -> None:
    """What was said, and this shape would ignore, is refused by its name."""
    for label in _unread(draft, intent):
        refuse(draft, "unsupported", label)
    _check_windows(draft, intent)
    _check_parameters(draft, intent)
    read = {*dict(intent.params), "chart", "mode"}
    for name, value in draft.params.items():
        if name not in read and value != DEFAULT_BENCHMARK:
            label = f"“{name.replace('_', ' ')}” in this kind of question"
            refuse(draft, "unsupported", label)


def _unread(draft: Draft, intent: Intent) -> Iterator[str]:
    shape, here = intent.shape, "in this kind of question"
    if draft.conditions and shape not in _CONDITIONED:
        yield f"a condition {here}"
    if any(c.metric == MOVE for c in intent.conditions):
        yield "that condition here"
    if draft.limit and shape not in _LIMITED and draft.limit != len(intent.tickers):
        yield f"“{draft.limit}” here"
    if draft.position and (shape not in ORDERED or draft.limit):
        yield f"number {draft.position} {here}"
    if draft.any_of and any(c.against for c in intent.conditions):
        yield "another stock's figure as one of several conditions"
    if draft.any_of and shape not in _ALTERNATIVE:
        yield f"one condition or another {here}"
    if (draft.exclude or draft.scoped) and shape not in _SCOPED and not draft.expanded:
        yield f"a sector, or leaving stocks out, {here}"
    dropped = [m for m in draft.metrics if m not in intent.metrics and m not in _used(intent)]
    if dropped:
        yield f"{' and '.join(metric(m).label for m in dropped)} {here}"
    if draft.group_by and not (intent.param("group_by") or shape == "list" or draft.expanded):
        yield f"that by {draft.group_by}"
    if draft.calendar and shape not in ("calendar", "seasonality", "count", "extremes"):
        yield "returns by calendar period here"
    if draft.rolling and intent.param("rolling") is None:
        yield "a rolling figure here"


def _check_windows(draft: Draft, intent: Intent) -> None:
    """One stretch of time for one question."""
    if draft.days and intent.shape not in ("price", "whatif"):
        labels = [span.label for span in draft.days] + [w.label for w in draft.windows]
        refuse(draft, "two_windows", " and ".join(labels))
    if len(draft.windows) > 1 and not draft.joined_windows:
        refuse(draft, "two_windows", " and ".join(w.label for w in draft.windows))


# What changes how figures are computed, and the shapes that compute figures.
_COMPUTING = ("returns", "frequency", "risk_free", "confidence")
_FIGURED = frozenset([
    "rank", "value", "compare", "periods", "screen", "aggregate", "trend", "pairs", "matrix",
    "explain",
])  # fmt: skip

# Lines over time that are read off prices.
_LINES = frozenset(["price", "growth", "total_return", "max_drawdown", "current_drawdown"])


def _check_parameters(draft: Draft, intent: Intent) -> None:
    """ "Log price": what a shape does not read is refused, not ignored."""
    ignored = [name for name in _COMPUTING if intent.param(name) is not None]
    line = intent.shape == "trend" and intent.metrics[0] in _LINES
    if ignored and (line or intent.shape not in _FIGURED):
        label = f"“{ignored[0].replace('_', ' ')} {intent.param(ignored[0])}” in this question"
        refuse(draft, "unsupported", label)


def _used(intent: Intent) -> frozenset[str]:
    named = {c.metric for c in intent.conditions}
    free = {
        "rank": set(), "value": set(), "compare": set(), "screen": set(), "aggregate": set(),
        "periods": set(),
        "pairs": {"correlation"}, "matrix": {"correlation"}, "list": {"price"},
        "drawdowns": {"max_drawdown", "current_drawdown", "price", "total_return", "all_time_high"},
        "crossings": {"price"}, "indicator": {"price"},
        "whatif": {"growth", "total_return", "price"},
    }.get(intent.shape, set(_RETURNS) - {"cagr"})  # fmt: skip
    return frozenset(named | free)
