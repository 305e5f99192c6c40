"""Three questions worth asking next. Each is whole, so that it means the same in any place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from analysis.formats import listed, lowered
from analysis.intent import Intent
from analysis.metrics import METRICS, metric
from analysis.writing import periods, wording

if TYPE_CHECKING:
    from analysis.market_facts import MarketFacts

# Names that a question uses where the label of the metric would be clumsy.
_ASKED = {
    "var_95": "VaR 95",
    "cvar_95": "CVaR 95",
    "max_drawdown": "max drawdown",
    "rsi": "RSI",
    "mean_return": "mean daily return",
    "growth": "total return",
}
# Figures that say where a price stands; nobody ranks by them next.
_PLACES = {
    "price", "high_52w", "low_52w", "all_time_high", "rsi", "macd", "macd_signal",
    "macd_histogram", "bollinger_upper", "bollinger_lower", "sma_50", "sma_200",
    "day_return", "week_return", "month_return", "quarter_return", "year_return",
}  # fmt: skip
_OTHER = {
    "volatility": "sharpe",
    "sharpe": "volatility",
    "total_return": "max_drawdown",
    "cagr": "volatility",
    "max_drawdown": "total_return",
    "beta": "volatility",
}


def suggest(intent: Intent, facts: MarketFacts) -> tuple[str, ...]:
    """Three follow-up questions, none of them the one just answered."""
    write = _SUGGESTIONS.get(intent.shape, _general)
    found = dict.fromkeys([*write(intent, facts), *_general(intent, facts)])
    return tuple(found)[:3]


def _rank(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    name = _metric(intent)
    other = wording.superlative(name, "asc" if intent.order == "desc" else "desc")
    scope = f"{intent.sector or intent.industry or ''} stocks".strip()
    yield f"Which {scope} have the {other} {_noun(name)}{_when(intent)}?"
    yield f"Which {scope} had the {_most(_second(name))}{_when(intent)}?"
    if not wording.of_one_day(name):
        yield from _longer(f"Rank {scope} by {_noun(name)}", intent)


def _value(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    name, ticker = _metric(intent), _ticker(intent, facts)
    yield f"Which stocks have the {_most(name)}?"
    yield f"Compare {ticker} and {_peer(ticker, facts)}{_when(intent)}"
    if not wording.of_one_day(name):
        yield from _longer(f"What is the {_noun(name)} of {ticker}", intent)
    yield f"What was the deepest drawdown of {ticker}?"


def _compare(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    names = intent.tickers[:4]
    yield f"What is the correlation between {names[0]} and {names[-1]}{_when(intent)}?"
    yield f"Plot the growth of $1 in {listed(names)} over time{_when(intent)}"
    yield from _longer(f"Compare {listed(names)}", intent)


def _group(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    name = _metric(intent)
    sector = intent.sector or _sectors(facts)[0]
    yield f"Rank {sector} stocks by {_noun(name)}{_when(intent)}"
    if intent.param("group_by") != "sector":
        yield f"What is the average {_noun(name)} of each sector{_when(intent)}?"
    yield f"What is the average {_noun(_second(name))} of each sector{_when(intent)}?"
    yield f"Rank all stocks by {_noun(name)}{_when(intent)}"


def _screen(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    name = intent.conditions[0].metric if intent.conditions else _metric(intent)
    yield f"Rank all stocks by {_noun(name)}{_when(intent)}"
    yield f"Which stocks had the {_most(_second(name))}{_when(intent)}?"
    yield f"What is the average {_noun(name)} of each sector{_when(intent)}?"


def _course(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    """After lines over time: the figure behind them, a comparison, the depths."""
    name, ticker = _metric(intent), _ticker(intent, facts)
    if name in METRICS and name != "price" and not wording.of_one_day(name):
        yield f"What is the {_noun(name)} of {ticker}{_when(intent)}?"
    yield f"Compare {ticker} and {_peer(ticker, facts)}{_when(intent)}"
    yield f"What was the deepest drawdown of {ticker}{_when(intent)}?"
    yield f"What were the best days of {ticker}?"


def _events(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    ticker = _ticker(intent, facts)
    opposite = "worst" if intent.order == "desc" else "best"
    if intent.shape == "extremes":
        yield f"What were the {opposite} {intent.param('period', 'day')}s of {ticker}?"
    if intent.shape != "drawdowns":
        yield f"What was the deepest drawdown of {ticker}?"
    if intent.shape != "count":
        yield f"On how many days did {ticker} fall more than 5 %?"
    yield f"Show the yearly returns of {ticker}"
    yield f"What is the volatility of {ticker}?"


def _seasons(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    ticker = _ticker(intent, facts)
    if intent.shape == "calendar":
        yield f"Show the monthly seasonality of {ticker}"
    else:
        yield f"Show the yearly returns of {ticker}"
    yield f"What were the worst months of {ticker}?"
    yield f"Compare {ticker} and {_peer(ticker, facts)}"


def _related(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    if intent.shape == "pairs" and len(intent.tickers) != 2:
        least = "least" if intent.order == "desc" else "most"
        yield f"Which two stocks are the {least} correlated{_when(intent)}?"
    else:
        yield f"Which two stocks are the most correlated{_when(intent)}?"
    pair = listed(intent.tickers[:2]) if len(intent.tickers) > 1 else ""
    if pair:
        yield f"Compare {pair}{_when(intent)}"
    yield f"Which stocks have the lowest beta{_when(intent)}?"


def _invested(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    ticker = _ticker(intent, facts)
    yield f"What was the CAGR of {ticker}{_when(intent)}?"
    yield f"What was the deepest drawdown of {ticker}{_when(intent)}?"
    yield f"Compare {ticker} and {_peer(ticker, facts)}{_when(intent)}"


def _explained(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    name = _metric(intent)
    if intent.metrics and intent.metrics[0] == name:
        yield f"Which stocks have the {_most(name)}?"
        yield f"Which stocks have the {wording.superlative(name, 'asc')} {_noun(name)}?"


def _general(intent: Intent, facts: MarketFacts) -> Iterator[str]:
    """Fits after everything."""
    yield "Which stocks have the highest volatility?"
    yield "What is the average CAGR of each sector?"
    yield "Which stocks have the highest Sharpe ratio over the last 10 years?"
    yield "Which stocks had the deepest max drawdown?"


def _metric(intent: Intent) -> str:
    names = [*intent.metrics, *(item.metric for item in intent.conditions)]
    return next((name for name in names if name in METRICS and name not in _PLACES), "volatility")


def _second(name: str) -> str:
    return _OTHER.get(name, "volatility")


def _most(name: str) -> str:
    return f"{wording.striking(name)} {_noun(name)}"


def _noun(name: str) -> str:
    return _ASKED.get(name, lowered(metric(name).label))


def _when(intent: Intent) -> str:
    """The window of the answer, unless it was the default."""
    window = intent.window
    if window.rule in ("default", "all"):
        return ""
    if window.rule == "ytd":
        return " year to date"
    if window.rule == "range" and window.start:
        return f" from {window.start} to {window.end}"
    return f" {periods.named(window)}"


def _longer(question: str, intent: Intent) -> Iterator[str]:
    """The same over another length of time."""
    mark = "" if question.startswith(("Rank", "Compare")) else "?"
    if (intent.window.end - intent.window.start).days > 3000 if intent.window.start else True:
        yield f"{question} over the last 5 years{mark}"
    else:
        yield f"{question} over the last 10 years{mark}"


def _ticker(intent: Intent, facts: MarketFacts) -> str:
    return intent.tickers[0] if intent.tickers else facts.stocks()[0].ticker


def _peer(ticker: str, facts: MarketFacts) -> str:
    """Somebody of the same sector, else the index, else anybody."""
    mine = facts.company(ticker)
    others = [company for company in facts.companies if company.ticker != ticker]
    near = [c for c in others if mine and c.sector and c.sector == mine.sector]
    index = [company for company in others if company.kind == "index"]
    return [*near, *index, *others][0].ticker


def _sectors(facts: MarketFacts) -> list[str]:
    return list(dict.fromkeys(company.sector for company in facts.stocks()))


_SUGGESTIONS: dict[str, Callable[[Intent, MarketFacts], Iterator[str]]] = {
    "rank": _rank,
    "value": _value,
    "compare": _compare,
    "periods": _value,
    "aggregate": _group,
    "screen": _screen,
    "trend": _course,
    "indicator": _course,
    "price": _course,
    "calendar": _seasons,
    "seasonality": _seasons,
    "count": _events,
    "extremes": _events,
    "streaks": _events,
    "drawdowns": _events,
    "crossings": _events,
    "pairs": _related,
    "matrix": _related,
    "whatif": _invested,
    "explain": _explained,
}
