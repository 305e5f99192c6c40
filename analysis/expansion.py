"""What a question was taken to mean, in full: the words behind "Query expanded: …"."""

from __future__ import annotations

from analysis.formats import listed, lowered, signed
from analysis.intent import Condition, Intent, Window
from analysis.market_facts import MarketFacts
from analysis.metrics import metric

_WHAT = {
    "rank": "rank",
    "value": "{labels}",
    "compare": "compare the {labels} of",
    "periods": "{labels}",
    "aggregate": "{how} {labels}",
    "screen": "find",
    "trend": "{labels} over time",
    "indicator": "{labels}",
    "calendar": "returns by {period}",
    "count": "count the {period}s",
    "extremes": "{side} {period}s",
    "streaks": "longest runs of days {way}",
    "drawdowns": "deepest drawdowns",
    "pairs": "correlation of pairs",
    "matrix": "correlation matrix",
    "crossings": "moving-average crossings",
    "seasonality": "typical return by {period}",
    "price": "price",
    "list": "list {of}",
    "explain": "explain {explained}",
    "whatif": "{amount} invested {often} in",
}


def expand(intent: Intent, facts: MarketFacts) -> str:
    """One line of plain words: what, of whom, with which limits, over which window."""
    parts = (_what(intent), _who(intent, facts), _which(intent), _when(intent, facts))
    return " ".join(filter(None, parts))


def _what(intent: Intent) -> str:
    labels = listed([_noun(name) for name in intent.metrics])
    words = {
        "labels": labels,
        "explained": labels or intent.param("topic", ""),
        "period": intent.param("period") or "day",
        "side": "best" if intent.order == "desc" else "worst",
        "how": intent.param("aggregation", "mean"),
        "way": intent.param("direction", "up"),
        "of": intent.param("of", "tickers"),
        "amount": f"${intent.param('amount', 0):,.0f}",
        "often": "every month" if intent.param("mode") == "monthly" else "once",
    }
    return _WHAT[intent.shape].format(**words).strip()


def _noun(name: str) -> str:
    return lowered(metric(name).label)


def _who(intent: Intent, facts: MarketFacts) -> str:
    if intent.shape == "explain" or (intent.shape == "list" and not intent.tickers):
        return f"in {intent.sector or intent.industry}" if intent.sector or intent.industry else ""
    names = [_name(ticker, facts) for ticker in intent.tickers]
    group = intent.sector or intent.industry
    stocks = facts.stocks()
    everyone = f"the {group} stocks" if group else f"all {len(stocks) - len(intent.exclude)} stocks"
    subject = ", ".join(names[:10]) if names else everyone
    without = f" without {', '.join(intent.exclude)}" if intent.exclude else ""
    joint = "" if intent.shape in ("rank", "compare", "screen", "whatif") else "of "
    return f"{joint}{subject}{without}"


def _name(ticker: str, facts: MarketFacts) -> str:
    company = facts.company(ticker)
    return company.short_name if company else ticker


def _which(intent: Intent) -> str:
    joint = " or " if intent.param("any") else " and "
    terms = joint.join(_condition(c) for c in intent.conditions)
    order = "highest first" if intent.order == "desc" else "lowest first"
    if intent.param("group_by"):
        order += f" in each {intent.param('group_by')}"
    if intent.param("position"):
        order += f", number {intent.param('position')}"
    if intent.shape == "rank":
        by = _noun(intent.metrics[0]) if intent.metrics else ""
        return f"by {by}, {order}" + (f", with {terms}" if terms else "") + ","
    return f"with {terms}" if terms else ""


def _condition(condition: Condition) -> str:
    if condition.against is not None:
        return f"{_noun(condition.metric)} {condition.op} {condition.against}'s"
    low, high = _amount(condition.metric, condition.value), condition.upper
    if high is not None:
        return f"{_noun(condition.metric)} from {low} to {_amount(condition.metric, high)}"
    return f"{_noun(condition.metric)} {condition.op} {low}"


def _amount(name: str, value: float) -> str:
    kind = metric(name).format
    if kind == "percent":
        text = f"{value * 100:g} %"
    else:
        text = f"${value:g}" if kind == "money" else f"{value:g}"
    return signed(text)


def _when(intent: Intent, facts: MarketFacts) -> str:
    if intent.shape in ("list", "explain"):
        return ""
    if intent.shape == "price":
        return f"on {intent.param('date')}"
    return " and ".join(_over(window, facts) for window in intent.windows or (intent.window,))


def _over(window: Window, facts: MarketFacts) -> str:
    start = window.start or facts.first_date
    label = window.label
    over = f"over the {label}" if label.startswith("last") else f"over {label}"
    if window.rule in ("since", "until"):
        over = label
    return f"{over} ({start} to {min(window.end, facts.last_date)})"
