"""The metrics that the product knows: names, labels, formats and published definitions.

Pure data, cheap to import. `name` is the column's canonical name in every table and contract;
`scripts/` compute them, `tests/analysis/numbers` check them against independent code.
In the formulas P is an adjusted close, r = P_t / P_{t-1} - 1 a daily return, m the benchmark's.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Literal

Format = Literal["percent", "ratio", "money"]
Better = Literal["high", "low"]


@dataclasses.dataclass(frozen=True, slots=True)
class Metric:
    """One figure: `better` is the side that an investor likes, None where neither is."""

    name: str
    label: str
    format: Format
    definition: str
    better: Better | None = None
    needs_benchmark: bool = False


_DEFINITIONS = (
    # Return
    Metric(
        "total_return",
        "Total return",
        "percent",
        "The whole gain or loss over the window: P_end / P_base - 1.",
        "high",
    ),
    Metric(
        "growth",
        "Growth of $1",
        "money",
        "What one dollar at the start of the window became: P_end / P_base.",
        "high",
    ),
    Metric(
        "cagr",
        "CAGR",
        "percent",
        "The steady yearly growth that leads to the same end: "
        "(P_end / P_base)^(365.25 / calendar days) - 1; not given under 365 days.",
        "high",
    ),
    Metric(
        "momentum",
        "Momentum",
        "percent",
        "The return over the last 12 calendar months (or 1, 3, 6): P_t / P_(t - 12 months) - 1, "
        "from the last close at or before that day; 12-1 leaves the latest month out: "
        "P_(t - 1 month) / P_(t - 12 months) - 1.",
        "high",
    ),
    Metric(
        "day_return",
        "Daily return",
        "percent",
        "The simple return of one day: P_t / P_{t-1} - 1.",
        "high",
    ),
    Metric(
        "week_return",
        "Weekly return",
        "percent",
        "The week's last close / the last close of the week before - 1.",
        "high",
    ),
    Metric(
        "month_return",
        "Monthly return",
        "percent",
        "The month's last close / the last close of the month before - 1.",
        "high",
    ),
    Metric(
        "quarter_return",
        "Quarterly return",
        "percent",
        "The quarter's last close / the last close of the quarter before - 1.",
        "high",
    ),
    Metric(
        "year_return",
        "Yearly return",
        "percent",
        "The year's last close / the last close of the year before - 1.",
        "high",
    ),
    Metric(
        "best_day",
        "Best day",
        "percent",
        "The highest daily return in the window: max(r).",
        "high",
    ),
    Metric(
        "worst_day",
        "Worst day",
        "percent",
        "The lowest daily return in the window: min(r).",
        "high",
    ),
    Metric(
        "mean_return",
        "Mean daily return",
        "percent",
        "The average of the daily returns in the window: mean(r).",
        "high",
    ),
    Metric(
        "up_day_share",
        "Share of up days",
        "percent",
        "The share of days with a positive return: count(r > 0) / count(r).",
        "high",
    ),
    # Risk
    Metric(
        "volatility",
        "Volatility",
        "percent",
        "How widely daily returns scatter, as a yearly figure: stdev(r) · √252, sample standard "
        "deviation (ddof 1).",
        "low",
    ),
    Metric(
        "max_drawdown",
        "Max drawdown",
        "percent",
        "The deepest fall from a peak within the window, base price included: "
        "min(P_t / running maximum - 1); always zero or negative.",
        "high",
    ),
    Metric(
        "current_drawdown",
        "Current drawdown",
        "percent",
        "How far the last close lies below the all-time high (or the window's high, when a window "
        "is named): P_end / max(P) - 1.",
        "high",
    ),
    Metric(
        "var_95",
        "Value at risk (95 %)",
        "percent",
        "The daily return that 5 % of days fall below: the 5th percentile of r, historical, with "
        "linear interpolation; negative.",
        "high",
    ),
    Metric(
        "cvar_95",
        "Expected shortfall (95 %)",
        "percent",
        "The mean of the daily returns at or below the value at risk: mean(r | r <= VaR); "
        "negative.",
        "high",
    ),
    Metric(
        "skewness",
        "Skewness",
        "ratio",
        "Whether extreme days lean up (positive) or down (negative): sample skewness of r.",
    ),
    Metric(
        "kurtosis",
        "Excess kurtosis",
        "ratio",
        "How often extreme days come, against a normal distribution's 0: sample excess kurtosis "
        "of r.",
    ),
    # Return for risk
    Metric(
        "sharpe",
        "Sharpe ratio",
        "ratio",
        "Return earned for each unit of volatility: mean(r - rf / 252) / stdev(r) · √252, with a "
        "risk-free rate rf of 0 unless another is named.",
        "high",
    ),
    Metric(
        "sortino",
        "Sortino ratio",
        "ratio",
        "Return earned for each unit of downside deviation: "
        "mean(r) · 252 / (√mean(min(r, 0)²) · √252), over all days.",
        "high",
    ),
    Metric(
        "calmar",
        "Calmar ratio",
        "ratio",
        "Yearly growth for each unit of the deepest fall: CAGR / |max drawdown|; under 365 days "
        "the total return stands in for CAGR.",
        "high",
    ),
    # Against the benchmark
    Metric(
        "beta",
        "Beta",
        "ratio",
        "How strongly returns move with the benchmark's: cov(r, m) / var(m), on shared dates.",
        None,
        True,
    ),
    Metric(
        "alpha",
        "Alpha",
        "percent",
        "The yearly return that the benchmark does not explain: "
        "(mean(r) - beta · mean(m)) · 252, on shared dates and above the risk-free rate.",
        "high",
        True,
    ),
    Metric(
        "correlation",
        "Correlation",
        "ratio",
        "How closely returns move together, from -1 to 1: Pearson's coefficient on shared dates, "
        "with the benchmark or with each other.",
        None,
        True,
    ),
    Metric(
        "tracking_error",
        "Tracking error",
        "percent",
        "How far returns stray from the benchmark's, as a yearly figure: stdev(r - m) · √252.",
        "low",
        True,
    ),
    Metric(
        "information_ratio",
        "Information ratio",
        "ratio",
        "Excess return for each unit of tracking error: mean(r - m) · 252 / tracking error.",
        "high",
        True,
    ),
    Metric(
        "excess_return",
        "Return above the benchmark",
        "percent",
        "The total return less the benchmark's, over the dates that both have: "
        "(∏(1 + r) - 1) - (∏(1 + m) - 1).",
        "high",
        True,
    ),
    Metric(
        "up_capture",
        "Up capture",
        "percent",
        "The share of the benchmark's up days that is captured: mean(r | m > 0) / mean(m | m > 0).",
        "high",
        True,
    ),
    Metric(
        "down_capture",
        "Down capture",
        "percent",
        "The share of the benchmark's down days that is suffered: "
        "mean(r | m < 0) / mean(m | m < 0).",
        "low",
        True,
    ),
    # Price and its indicators
    Metric(
        "price",
        "Adjusted close",
        "money",
        "The close, adjusted for splits and dividends.",
    ),
    Metric(
        "sma_50",
        "50-day moving average",
        "money",
        "The mean of the last 50 closes, on the whole series.",
    ),
    Metric(
        "sma_200",
        "200-day moving average",
        "money",
        "The mean of the last 200 closes, on the whole series.",
    ),
    Metric(
        "rsi",
        "RSI (14)",
        "ratio",
        "Wilder's relative strength index over 14 days, 0 to 100: 100 - 100 / (1 + average gain / "
        "average loss), seeded with the mean of the first 14 changes.",
    ),
    Metric(
        "macd",
        "MACD",
        "money",
        "EMA(12) - EMA(26) of the close, each EMA seeded with the first close.",
    ),
    Metric("macd_signal", "MACD signal", "money", "The EMA(9) of the MACD line."),
    Metric("macd_histogram", "MACD histogram", "money", "The MACD line - its signal line."),
    Metric(
        "bollinger_upper",
        "Upper Bollinger band",
        "money",
        "SMA(20) + 2 standard deviations (population, ddof 0) of the last 20 closes.",
    ),
    Metric(
        "bollinger_lower",
        "Lower Bollinger band",
        "money",
        "SMA(20) - 2 standard deviations (population, ddof 0) of the last 20 closes.",
    ),
    Metric(
        "high_52w",
        "Distance from the 52-week high",
        "percent",
        "How far the last close lies below the highest close of the last 252 trading days: "
        "P_end / max(P) - 1, on adjusted closes.",
        "high",
    ),
    Metric(
        "low_52w",
        "Distance from the 52-week low",
        "percent",
        "How far the last close lies above the lowest close of the last 252 trading days: "
        "P_end / min(P) - 1, on adjusted closes.",
    ),
    Metric(
        "all_time_high",
        "Distance from the all-time high",
        "percent",
        "How far the last close lies below the highest close of the whole history: "
        "P_end / max(P) - 1, on adjusted closes.",
        "high",
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _DEFINITIONS}

_GAP = "price_to_"
_MOVING_AVERAGE = re.compile(r"sma_([1-9][0-9]{0,2})")


def metric(name: str) -> Metric:
    """The metric of a column name; `sma_<n>` and `price_to_sma_<n>` exist for every n from 1 to
    999. Raises KeyError."""
    if name in METRICS:
        return METRICS[name]
    gap = average_gap_days(name)
    if gap is not None:
        text = f"How far the close lies above its {gap}-day moving average: P / SMA - 1."
        return Metric(name, f"Price against the {gap}-day moving average", "percent", text)
    days = moving_average_days(name)
    if days is None:
        raise KeyError(name)
    text = f"The mean of the last {days} closes, on the whole series."
    return Metric(name, f"{days}-day moving average", "money", text)


def average_gap_days(name: str) -> int | None:
    """50 for "price_to_sma_50"; None for any other column."""
    return moving_average_days(name.removeprefix(_GAP)) if name.startswith(_GAP) else None


def moving_average_days(name: str) -> int | None:
    """50 for "sma_50"; None for any other column."""
    match = _MOVING_AVERAGE.fullmatch(name)
    return int(match[1]) if match else None
