"""Questions of every shape, as intents over the sample data."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analysis.intent import Condition, Intent, Window

END = dt.date(2022, 12, 28)
FIVE_YEARS = Window(dt.date(2017, 12, 28), END, "last 5 years", "default")
EVER = Window(None, END, "whole history", "all")
IN_2022 = Window(dt.date(2021, 12, 31), dt.date(2022, 12, 31), "2022", "year")
IN_2008 = Window(dt.date(2007, 12, 31), dt.date(2008, 12, 31), "2008", "year")
BOTH_YEARS = Window(dt.date(2007, 12, 31), END, "2008 and 2022", "range")
NINETIES = Window(dt.date(1989, 12, 31), dt.date(1999, 12, 31), "the 1990s", "decade")
CRASH = Window(dt.date(2020, 2, 19), dt.date(2020, 3, 23), "covid crash", "episode")


def ask(shape: str, window: Window = FIVE_YEARS, metrics: str = "", tickers: str = "", **more: Any):
    """An intent; metrics and tickers are separated by spaces, unknown fields are parameters."""
    fields = {n: more.pop(n) for n in list(more) if n in Intent.__dataclass_fields__}
    params = tuple(sorted(more.items()))
    return Intent(
        shape, window, tuple(metrics.split()), tuple(tickers.split()), params=params, **fields
    )


def under(metric: str, bound: float) -> Condition:
    return Condition(metric, "<", bound)


def over(metric: str, bound: float, against: str | None = None) -> Condition:
    return Condition(metric, ">", bound, against=against)


FIVE_METRICS = "total_return cagr volatility max_drawdown sharpe"
QUIET_GROWERS = (under("volatility", 0.3), over("cagr", 0.1))
WILD = (over("volatility", 0.4), under("max_drawdown", -0.6))

CASES: dict[str, Intent] = {
    "rank": ask("rank", metrics="volatility"),
    "rank_sector": ask("rank", EVER, "volatility", sector="Energy", limit=2),
    "rank_deepest": ask("rank", metrics="max_drawdown", order="asc"),
    "rank_without": ask("rank", IN_2022, "total_return", exclude=("XOM", "CVX")),
    "rank_beta": ask("rank", metrics="beta", order="asc"),
    "rank_two": ask("rank", metrics="volatility total_return"),
    "rank_scatter": ask("rank", metrics="volatility total_return", chart="scatter"),
    "rank_condition": ask(
        "rank", metrics="sharpe", conditions=(under("volatility", 0.3),), risk_free=0.03
    ),
    "value": ask("value", metrics="volatility", tickers="AAPL"),
    "value_two": ask("value", metrics="total_return var_95", tickers="JNJ", confidence=0.99),
    "value_growth": ask("value", EVER, "growth", "AAPL"),
    "value_high": ask("value", metrics="high_52w", tickers="GE"),
    "value_momentum": ask("value", metrics="momentum", tickers="AAPL", months="12-1"),
    "value_current": ask("value", EVER, "current_drawdown", "GE", current=True),
    "value_all_time_high": ask("value", EVER, "all_time_high", "KO"),
    "value_benchmark": ask("value", metrics="beta alpha up_capture", tickers="KO"),
    "compare": ask("compare", metrics=FIVE_METRICS, tickers="AAPL MSFT"),
    "compare_one": ask("compare", metrics="volatility", tickers="KO PEP"),
    "compare_many": ask("compare", NINETIES, "total_return volatility", "AAPL RRC SP500 KO"),
    "periods": ask("periods", BOTH_YEARS, "volatility", "KO", windows=(IN_2008, IN_2022)),
    "periods_many": ask(
        "periods", BOTH_YEARS, "total_return max_drawdown", "KO SP500", windows=(IN_2008, IN_2022)
    ),
    "rank_second": ask("rank", metrics="volatility", limit=1, position=2),
    "rank_each": ask("rank", metrics="total_return", limit=1, group_by="sector"),
    "extremes_second": ask("extremes", EVER, tickers="AAPL", period="day", limit=1, position=2),
    "pairs_second": ask("pairs", limit=1, position=2),
    "aggregate_second": ask(
        "aggregate", metrics="cagr", group_by="sector", aggregation="median", limit=1, position=2
    ),
    "aggregate_median": ask("aggregate", IN_2022, "total_return", aggregation="median"),
    "screen_any": ask("screen", metrics="volatility max_drawdown", conditions=WILD, any=True),
    "screen_against": ask(
        "screen", metrics="volatility", conditions=(over("volatility", 0.0, "AAPL"),)
    ),
    "aggregate": ask("aggregate", metrics="volatility", sector="Energy"),
    "aggregate_sectors": ask("aggregate", metrics="cagr", group_by="sector"),
    "aggregate_industries": ask("aggregate", metrics="cagr", group_by="industry", order="asc"),
    "aggregate_portfolio": ask(
        "aggregate", metrics="total_return", sector="Energy", aggregation="portfolio"
    ),
    "screen": ask("screen", metrics="volatility cagr", conditions=QUIET_GROWERS),
    "screen_one": ask("screen", metrics="volatility", conditions=(over("volatility", 0.6),)),
    "trend_rolling": ask("trend", metrics="volatility", tickers="AAPL", rolling=63),
    "trend_lines": ask("trend", EVER, "growth", "AAPL MSFT SP500"),
    "trend_drawdown": ask("trend", EVER, "current_drawdown", "GE"),
    "trend_price": ask("trend", EVER, "price", "GE"),
    "trend_years": ask("trend", EVER, "volatility", "GE", period="year"),
    "indicator_rsi": ask("indicator", IN_2022, "rsi", "AAPL"),
    "indicator_macd": ask("indicator", IN_2022, "macd macd_signal", "AAPL"),
    "indicator_averages": ask("indicator", IN_2022, "sma_50 sma_200", "AAPL"),
    "indicator_bands": ask("indicator", IN_2022, "bollinger_upper bollinger_lower", "AAPL"),
    "calendar_years": ask("calendar", EVER, "total_return", "AAPL", period="year"),
    "calendar_months": ask("calendar", EVER, "total_return", "AAPL", period="month"),
    "calendar_two": ask("calendar", EVER, "total_return", "AAPL SP500", period="year"),
    "calendar_one": ask("calendar", IN_2022, "total_return", "AAPL", period="year"),
    "count": ask("count", tickers="AMD", period="day", conditions=(under("day_return", -0.05),)),
    "count_all": ask("count", period="month", conditions=(over("month_return", 0.1),)),
    "extremes": ask("extremes", EVER, tickers="AAPL", period="day", limit=5),
    "extremes_all": ask("extremes", EVER, period="month", order="asc", limit=5),
    "streaks": ask("streaks", EVER, tickers="AAPL", direction="up", limit=5),
    "streaks_all": ask("streaks", EVER, direction="down", limit=5),
    "drawdowns": ask("drawdowns", EVER, tickers="AAPL", limit=5),
    "drawdowns_open": ask("drawdowns", EVER, tickers="GE", limit=1),
    "pairs": ask("pairs"),
    "pairs_least": ask("pairs", order="asc", limit=3),
    "pairs_two": ask("pairs", tickers="AAPL MSFT"),
    "matrix": ask("matrix"),
    "matrix_few": ask("matrix", tickers="AAPL MSFT XOM"),
    "crossings": ask("crossings", EVER, tickers="MSFT", direction="golden"),
    "crossings_both": ask("crossings", tickers="MSFT", direction="both"),
    "crossings_price": ask("crossings", tickers="MSFT", direction="both", fast=0, slow=200),
    "seasonality_months": ask("seasonality", EVER, tickers="WMT", period="month"),
    "seasonality_days": ask("seasonality", EVER, tickers="WMT", period="weekday"),
    "price": ask("price", tickers="AAPL", date="2020-07-02"),
    "price_holiday": ask("price", tickers="AAPL", date="2020-07-04"),
    "whatif": ask("whatif", EVER, tickers="AAPL", amount=1000, mode="lump"),
    "whatif_monthly": ask("whatif", tickers="AAPL", amount=100, mode="monthly"),
    "whatif_two": ask("whatif", tickers="AAPL KO", amount=10000, mode="lump"),
    "list_tickers": ask("list", EVER, of="tickers"),
    "rank_cagr_of_weeks": ask("rank", CRASH, "cagr"),
    "value_cagr_of_weeks": ask("value", CRASH, "cagr", "MSFT"),
    "list_sectors": ask("list", EVER, of="sectors"),
    "list_industries": ask("list", EVER, of="industries"),
    "list_dates": ask("list", EVER, of="dates"),
    "list_metrics": ask("list", EVER, of="metrics"),
    "list_episodes": ask("list", EVER, of="episodes"),
    "explain": ask("explain", metrics="sharpe"),
    "explain_window": ask("explain", topic="window"),
    "explain_data": ask("explain", topic="data"),
    "explain_method": ask("explain", topic="method"),
    "explain_ranking": ask("explain", topic="ranking"),
}

# Where there is nothing to find.
EMPTY: dict[str, Intent] = {
    "rank_nobody": ask("rank", metrics="volatility", conditions=(under("volatility", 0.01),)),
    "screen_nobody": ask("screen", metrics="volatility", conditions=(under("volatility", 0.01),)),
    "count_never": ask(
        "count", tickers="KO", period="day", conditions=(under("day_return", -0.5),)
    ),
    "rank_no_place": ask("rank", metrics="volatility", limit=1, position=40),
    "crossings_none": ask("crossings", CRASH, tickers="MSFT", direction="golden"),
}
