"""Which figures the question asks for."""

from __future__ import annotations

from analysis.understanding.draft import Draft

# "the volatility of returns": the second word belongs to the first.
_OF_RETURNS = ("volatility", "skewness", "kurtosis", "correlation", "var_95", "cvar_95", "beta")
_SEVERAL = {
    "bollinger": ("bollinger_upper", "bollinger_lower"),
    "macd": ("macd", "macd_signal", "macd_histogram"),
}


def find_metrics(draft: Draft) -> None:
    """Claims every name of a metric, in the order of the text."""
    for i, item in enumerate(draft.reading.items):
        if item.used or "metric" not in item.tags:
            continue
        item.used = True
        name = item.tags["metric"]
        if name in ("total_return", "day_return", "price") and _belongs(draft, i):
            continue
        for one in _SEVERAL.get(name, (name,)):
            draft.add_metric(one)
    for item in draft.reading.items:
        if not item.used and "annual" in item.tags:
            _annual(draft, item.tags["annual"], plural=item.raw.casefold().endswith("s"))
            item.used = True
    for days in draft.averages if not draft.crossing else ():
        draft.add_metric(f"sma_{days}")


def _belongs(draft: Draft, i: int) -> bool:
    """ "volatility of daily returns", "price volatility", "return correlation"."""
    before = draft.reading.at(
        draft.reading.skip(
            i - 1, step=-1, words=("of", "the", "in", "its", "daily", "their", "between")
        )
    )
    after = draft.reading.at(i + 1)
    left = before is not None and before.tags.get("metric") in _OF_RETURNS
    right = after is not None and after.tags.get("metric") in (
        *_OF_RETURNS,
        "momentum",
        "max_drawdown",
    )
    return left or right


def _annual(draft: Draft, kind: str, plural: bool) -> None:
    if kind == "month":
        draft.period, draft.calendar = "month", True
    elif kind == "calendar" or plural:
        draft.period, draft.calendar = "year", True
    else:
        draft.add_metric("cagr")
