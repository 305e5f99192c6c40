"""What a question means, as plain data: the one type that language, numbers and words share.

`understanding` turns text into an `Intent`, `planner` turns an `Intent` into a script and its
parameters, `writing` and `charts` turn an `Intent` and a `Result` into something to read. Nobody
else interprets text. An `Intent` is frozen and JSON round-trips (`to_json` / `from_json`), because
it is stored for follow-ups and hashed into the cache key.

Shapes (`Intent.shape`), the fields they read beside `window`, and the columns of their table:

=========== =============================================== ======================================
shape       reads                                           columns of the result
=========== =============================================== ======================================
rank        metrics, order, limit, scope, conditions,       rank, (sector,) ticker, name,
            params.group_by                                 <metric>...
value       tickers (one), metrics                          ticker, name, <metric>...
compare     tickers (2-10), metrics                         ticker, name, <metric>...
periods     tickers (1-10), windows, metrics                period, ticker, name, <metric>...
aggregate   metrics, scope, params.aggregation,             sector, members, <metric>...
            params.group_by
screen      conditions (all must hold), metrics, scope      ticker, name, <metric>...
trend       tickers, metrics (one), params.rolling/period   date, ticker, <metric>
indicator   tickers, metrics (sma_*, rsi, macd,             date, ticker, price, <metric>...
            bollinger_*)
calendar    tickers, params.period (year, month)            period, ticker, total_return, partial
count       tickers or scope, params.period, conditions[0]  ticker, name, count, periods, share
extremes    tickers or scope, params.period, order, limit   ticker, name, date, <period>_return
streaks     tickers or scope, params.direction, limit       ticker, name, start, end, days,
                                                            total_return
drawdowns   tickers, limit                                  ticker, name, max_drawdown, peak,
                                                            trough, recovery, days
pairs       tickers or scope, order, limit                  ticker_a, ticker_b, correlation
matrix      tickers or scope                                ticker_a, ticker_b, correlation
crossings   tickers, params.fast/slow, params.direction     date, ticker, cross, price
seasonality tickers, params.period (month, weekday)         period, ticker, mean, median,
                                                            hit_rate, n
price       tickers, params.date                            ticker, name, date, price
whatif      tickers, params.amount/mode                     ticker, name, invested, value,
                                                            total_return
list        params.of                                       depends on what is listed
explain     metrics or params.topic                         (no table)
=========== =============================================== ======================================

Ordered shapes (rank, aggregate, extremes, pairs) read `params.position` too; screens and rankings
read `params.any`. `scope` means `sector`, `industry`, `tickers` and `exclude` together: which
stocks take part.
Shares are fractions everywhere: 5 % is 0.05, in conditions, parameters and results alike.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, Literal

Order = Literal["desc", "asc"]
DEFAULT_BENCHMARK = "SP500"
UNNAMED = ("default", "all")  # rules of windows that nobody named
Operator = Literal["<", "<=", ">", ">=", "between"]

SHAPES = (
    "rank", "value", "compare", "periods", "aggregate", "screen", "trend", "indicator",
    "calendar", "count", "extremes", "streaks", "drawdowns", "pairs", "matrix", "crossings",
    "seasonality", "price", "whatif", "list", "explain",
)  # fmt: skip

PARAMETERS = {
    "rolling": "window of a rolling metric in trading days (21, 30, 63, 126, 252)",
    "period": "day, week, month, quarter, year, weekday: the step of a trend, count or extreme",
    "aggregation": "mean or median (of members' metrics), portfolio (bought and held), "
    "rebalanced (daily)",
    "group_by": "sector or industry: one row each instead of one for the scope; in a ranking the "
    "first of each",
    "position": "the place in an order that is asked for: 2 is the second highest, shown alone",
    "any": "true: one of the conditions is enough",
    "confidence": "of VaR and CVaR, default 0.95",
    "risk_free": "annual rate as a fraction, default 0.0",
    "returns": "simple (default) or log",
    "frequency": "daily (default), weekly or monthly returns",
    "benchmark": "ticker that beta, alpha and capture are measured against, default SP500",
    "direction": "up or down (streaks), golden or death or both (crossings)",
    "fast": "days of the fast moving average, default 50",
    "slow": "days of the slow moving average, default 200; fast 0 means the price itself",
    "sma_days": "days of a moving average other than 50 and 200; its column is sma_<n>",
    "months": "look-back of momentum: 1, 3, 6, 12 or '12-1'",
    "date": "ISO date of a price",
    "season": "the month or weekday that a season was asked about, in words",
    "amount": "dollars invested (what-if)",
    "mode": "lump or monthly (what-if)",
    "with_index": "true: the index takes part in a comparison, trend, matrix or pair list",
    "current": "true: the state at the end of the window (current drawdown) instead of its extreme",
    "of": "tickers, sectors, industries, dates, metrics or episodes (list)",
    "topic": "window, data, method, crossing or ranking: what is explained besides a metric",
    "chart": "line, bar, table, heatmap, scatter or area, when the person asked for one",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """Return dates (start, end]: the base price is the last close at or before `start`.

    `start` None is the whole history. `rule` says where it came from: default, trailing, year,
    quarter, month, decade, range, episode, since, until, ytd, all.
    """

    start: dt.date | None
    end: dt.date
    label: str
    rule: str = "default"


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """`metric op value`; `upper` is the second bound of "between" (inclusive on both sides).

    `against` is a ticker whose own figure is the bound, in place of `value`.
    """

    metric: str
    op: Operator
    value: float
    upper: float | None = None
    against: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Assumption:
    """A default that the engine chose, shown as a chip.

    `slot` is the name to send back in `assumptions: {slot: value}` to change it; `value` a phrase
    that the same language understands ("last 5 years"); `choices` are other values worth a click.
    """

    slot: str
    value: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Intent:
    """One understood question. Tuples keep the order in which the person named things."""

    shape: str
    window: Window
    metrics: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    sector: str | None = None
    industry: str | None = None
    exclude: tuple[str, ...] = ()  # tickers, after sectors and industries were resolved to members
    conditions: tuple[Condition, ...] = ()
    order: Order = "desc"
    limit: int = 10
    params: tuple[tuple[str, Any], ...] = ()  # sorted (name, value); names from PARAMETERS
    windows: tuple[Window, ...] = ()  # stretches set side by side; `window` reaches over them all
    assumptions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()  # what a follow-up inherited or changed, typos that were corrected

    def param(self, name: str, default: Any = None) -> Any:
        return dict(self.params).get(name, default)

    @property
    def benchmark(self) -> str:
        """The ticker that relative figures are measured against."""
        return str(self.param("benchmark", DEFAULT_BENCHMARK))

    def with_params(self, **changes: Any) -> Intent:
        """A copy with parameters set (None removes one)."""
        merged = {**dict(self.params), **changes}
        kept = {name: value for name, value in merged.items() if value is not None}
        return dataclasses.replace(self, params=tuple(sorted(kept.items())))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types; dates as ISO strings."""
        data = dataclasses.asdict(self)
        data["window"] = _window_to_json(self.window)
        data["windows"] = [_window_to_json(window) for window in self.windows]
        data["params"] = dict(self.params)
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Intent:
        """The inverse of `to_json`; raises KeyError, TypeError or ValueError on anything else."""
        plain = {
            name: tuple(data.get(name, ())) for name in ("metrics", "tickers", "exclude", "notes")
        }
        assumptions = [
            Assumption(**{**a, "choices": tuple(tuple(c) for c in a.get("choices", ()))})
            for a in data.get("assumptions", ())
        ]
        return cls(
            shape=data["shape"],
            window=_window_from_json(data["window"]),
            windows=tuple(_window_from_json(window) for window in data.get("windows", ())),
            conditions=tuple(Condition(**c) for c in data.get("conditions", ())),
            params=tuple(sorted(data.get("params", {}).items())),
            assumptions=tuple(assumptions),
            sector=data.get("sector"),
            industry=data.get("industry"),
            order=data.get("order", "desc"),
            limit=data.get("limit", 10),
            **plain,
        )

    def key(self) -> dict[str, Any]:
        """What makes two questions the same: the meaning without labels, chips and notes."""
        data = self.to_json()
        del data["assumptions"], data["notes"], data["window"]["label"]
        compared = (condition.metric for condition in self.conditions)
        # A current drawdown counts from the all-time high unless somebody named the window.
        if data["window"].pop("rule") not in UNNAMED and "current_drawdown" in {
            *self.metrics,
            *compared,
        }:
            data["window"]["named"] = True
        return data


def _window_to_json(window: Window) -> dict[str, Any]:
    data = dataclasses.asdict(window)
    data["start"] = window.start and window.start.isoformat()
    data["end"] = window.end.isoformat()
    return data


def _window_from_json(data: dict[str, Any]) -> Window:
    start = data["start"]
    dates = {"start": start and dt.date.fromisoformat(start)}
    dates["end"] = dt.date.fromisoformat(data["end"])
    return Window(**{**data, **dates})


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """The engine needs the person: 2-4 readings that differ, one of them recommended.

    `value` of a choice is the override to understand again with: `assumptions[slot] = value`.
    `settle`: compute every reading first, and answer without asking where they agree.
    """

    slot: str
    text: str
    choices: tuple[tuple[str, str], ...]  # (value, label)
    default: str
    settle: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """Out of scope: why, the nearest question that can be answered, and three examples.

    `code` names the family: forecast, fundamentals, unknown_ticker, outside_data and so on.
    """

    reason: str
    nearest: str | None
    examples: tuple[str, ...]
    code: str = "out_of_scope"
