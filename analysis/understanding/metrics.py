"""Which figures the question asks for."""

from __future__ import annotations

from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item

# "the volatility of returns": the second word belongs to the first.
_OF_RETURNS = (
    "volatility", "skewness", "kurtosis", "correlation", "var_95", "cvar_95", "beta",
    "up_day_share",
)  # fmt: skip
_YEARLY = ("annualised", "annualized", "annual", "historical", "realised", "realized", "ann")
_YEARLY_METRICS = (
    "volatility", "sharpe", "sortino", "alpha", "tracking_error", "information_ratio",
)  # fmt: skip
_RIGHT = (*_OF_RETURNS, "momentum", "max_drawdown")
_SEVERAL = {
    "high_low_52w": ("high_52w", "low_52w"),
    "bollinger": ("bollinger_upper", "bollinger_lower"),
    "macd": ("macd", "macd_signal", "macd_histogram"),
}


_NOW = ("right now", "now", "today", "currently", "at the moment", "at present")
_DISTANCES = frozenset(["high_52w", "low_52w", "all_time_high", "current_drawdown"])


def find_metrics(draft: Draft) -> None:
    """Claims every name of a metric, in the order of the text."""
    _both_captures(draft)
    _find(draft)
    _present(draft)
    if _DISTANCES & set(draft.metrics):
        for item in draft.reading.items:
            item.used = item.used or item.text in ("distance", "gap")


def _present(draft: Draft) -> None:
    """ "The drawdown of JNJ right now" is the current one, not the deepest."""
    items = draft.reading.items
    plain = any(i.is_("metric", "max_drawdown") and i.text in ("drawdown", "dd") for i in items)
    now = [item for item in items[1:] if item.text in _NOW]
    if plain and now:
        draft.metrics = [{"max_drawdown": "current_drawdown"}.get(m, m) for m in draft.metrics]
        for item in now:
            item.used = True


def _both_captures(draft: Draft) -> None:
    """ "up and down capture": the noun stands once for both."""
    for i, item in enumerate(draft.reading.items):
        joint, first = draft.reading.at(i - 1), draft.reading.at(i - 2)
        if not item.is_("metric", "down_capture") or joint is None or first is None:
            continue
        if joint.text in ("and", "&", "/") and first.text in ("up", "upside"):
            first.used = True
            draft.add_metric("up_capture")


def _find(draft: Draft) -> None:
    for i, item in enumerate(draft.reading.items):
        if item.text in _YEARLY and _yearly_figure(draft.reading.at(i + 1)):
            item.used = True
        if item.used or "metric" not in item.tags or _of_itself(draft, i):
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
    if _against_average(draft):
        return
    for days in draft.averages:
        draft.add_metric(f"sma_{days}")


def _against_average(draft: Draft) -> bool:
    """ "Rank all stocks by price against the 200-day average": how far the price is from it."""
    items = draft.reading.items
    joint = [item for item in items if item.text in ("against", "relative to", "versus")]
    stocks = any(item.is_("universe") or item.is_("by") for item in items)
    if "price" not in draft.metrics or len(draft.averages) != 1 or not joint or not stocks:
        return False
    for item in joint:
        item.used = True
    draft.metrics = [f"price_to_sma_{draft.averages.pop()}"]
    draft.averaged = False
    return True


def _of_itself(draft: Draft, i: int) -> bool:
    """ "The volatility of the volatility" is another figure."""
    item, before = draft.reading.items[i], draft.reading.at(draft.reading.skip(i - 1, step=-1))
    doubled = item.tags["metric"] in draft.metrics
    return doubled and before is not None and before.text == "of"


def _yearly_figure(item: Item | None) -> bool:
    """ "annualised vol": it is a yearly figure anyway."""
    return item is not None and item.tags.get("metric") in _YEARLY_METRICS


def _belongs(draft: Draft, i: int) -> bool:
    """ "volatility of daily returns", "price volatility", "return correlation"."""
    before = draft.reading.at(_back(draft, i - 1))
    after = draft.reading.at(i + 1)
    left = before is not None and before.tags.get("metric") in _OF_RETURNS
    right = after is not None and not after.apart
    return left or (right and after is not None and after.tags.get("metric") in _RIGHT)


def _back(draft: Draft, i: int) -> int:
    """Before "of GE's daily", to the word that it belongs to."""
    of = False
    while (item := draft.reading.at(i)) is not None and (
        item.text
        in (
            "of",
            "the",
            "in",
            "its",
            "daily",
            "their",
            "between",
            "weekly",
            "monthly",
            "using",
            "with",
            "from",
        )
        or "company" in item.tags
        or item.is_("setting")
    ):
        of = of or item.text in ("of", "in", "between", "using", "with", "from")
        i -= 1
    return i if of else -1


def _extreme_year(draft: Draft) -> bool:
    """ "lowest annual return of JPM" is one of its years."""
    everyone = any(item.is_("universe") for item in draft.reading.items)
    return len(draft.tickers) == 1 and bool(draft.side or draft.vague) and not everyone


def _annual(draft: Draft, kind: str, plural: bool) -> None:
    if kind == "quarter":
        draft.period = "quarter"
        draft.add_metric("total_return")
    elif kind == "month":
        draft.period, draft.calendar = "month", True
    elif kind == "calendar" or plural or _extreme_year(draft):
        draft.period, draft.calendar = "year", True
    else:
        draft.add_metric("cagr")
