"""Which figures the question asks for."""

from __future__ import annotations

from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.returns import YEARLY_FIGURES

# "the volatility of returns": the second word belongs to the first.
_OF_RETURNS = (
    "volatility", "skewness", "kurtosis", "correlation", "var_95", "cvar_95", "beta",
    "up_day_share",
)  # fmt: skip
_YEARLY = ("annualised", "annualized", "annual", "historical", "realised", "realized", "ann")
_RIGHT = (*_OF_RETURNS, "momentum", "max_drawdown")
_OF = ("of", "in", "between", "using", "with", "from")
_WHOSE = ("the", "its", "their", "daily", "weekly", "monthly")
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
    for i in range(len(draft.reading.items)):
        _figure(draft, i)
    _annual_figures(draft)
    if not _against_average(draft):
        for days in draft.averages:
            draft.add_metric(f"sma_{days}")
    _present(draft)
    if _DISTANCES & set(draft.metrics):
        draft.reading.take_words("distance", "gap")


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
        joined = joint.text in ("and", "&", "/") and first.text in ("up", "upside")
        if item.is_("metric", "down_capture") and joined:
            first.used = True
            draft.add_metric("up_capture")


def _figure(draft: Draft, i: int) -> None:
    item = draft.reading.items[i]
    if item.text in _YEARLY and draft.reading.at(i + 1).is_("metric", *YEARLY_FIGURES):
        item.used = True  # "annualised vol": it is a yearly figure anyway
    if item.used or not item.is_("metric") or _of_itself(draft, i):
        return
    item.used = True
    name = item.tags["metric"]
    if name in ("total_return", "day_return", "price") and _belongs(draft, i):
        return
    for one in _SEVERAL.get(name, (name,)):
        draft.add_metric(one)


def _annual_figures(draft: Draft) -> None:
    for item in draft.reading.free("annual"):
        _annual(draft, item.tags["annual"], plural=item.raw.casefold().endswith("s"))
        item.used = True


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


def _extreme_year(draft: Draft) -> bool:
    """ "lowest annual return of JPM" is one of its years."""
    everyone = draft.reading.has("universe")
    return len(draft.tickers) == 1 and bool(draft.side or draft.vague) and not everyone


def _against_average(draft: Draft) -> bool:
    """ "Rank all stocks by price against the 200-day average": how far the price is from it."""
    items = draft.reading.items
    joint = [item for item in items if item.text in ("against", "relative to", "versus")]
    stocks = any(item.is_any("universe", "by") for item in items)
    if "price" not in draft.metrics or len(draft.averages) != 1 or not joint or not stocks:
        return False
    for item in joint:
        item.used = True
    draft.metrics = [f"price_to_sma_{draft.averages.pop()}"]
    draft.averaged = False
    return True


def _of_itself(draft: Draft, i: int) -> bool:
    """ "The volatility of the volatility" is another figure."""
    doubled = draft.reading.items[i].tags["metric"] in draft.metrics
    return doubled and draft.reading.before(i).text == "of"


def _belongs(draft: Draft, i: int) -> bool:
    """ "volatility of daily returns", "price volatility", "return correlation"."""
    before, after = draft.reading.at(_back(draft, i - 1)), draft.reading.at(i + 1)
    right = after.is_("metric", *_RIGHT) and not after.apart
    return right or before.is_("metric", *_OF_RETURNS)


def _back(draft: Draft, i: int) -> int:
    """Before "of GE's daily", to the word that it belongs to."""
    of = False
    while _is_between(item := draft.reading.at(i)):
        of = of or item.text in _OF
        i -= 1
    return i if of else -1


def _is_between(item: Item) -> bool:
    return item.text in (*_OF, *_WHOSE) or item.is_any("company", "setting")
