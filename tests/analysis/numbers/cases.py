"""At least one question of every shape, and every way to compute its figures."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.metrics import METRICS
from tests.analysis.numbers.asking import ALL, against, ask, between, where

OF_PERIODS = [f"{period}_return" for period in ("day", "week", "month", "quarter", "year")]
FIGURES = tuple(name for name in METRICS if name not in OF_PERIODS)
ONE_OF_EACH_SCRIPT = ("volatility", "cvar_95", "cagr", "max_drawdown", "calmar", "beta", "momentum")
COVID = between("2020-02-19", "2020-03-23")
TWO = ("AAPL", "RRC")
FALLING = (where("day_return", "<", -0.05),)
YEARS = (between("2007-12-31", "2008-12-31"), between("2019-12-31", "2020-12-31"))
WILD = (where("volatility", ">", 0.4), where("max_drawdown", "<", -0.6))
PICKY = (where("volatility", "<", 0.3), where("cagr", "between", 0.05, 0.2))

CASES: tuple[Intent, ...] = (
    *(ask("rank", name) for name in (*ONE_OF_EACH_SCRIPT, "current_drawdown", "rsi")),
    ask(
        "rank", "volatility", "sharpe", conditions=PICKY, sector="Consumer Staples", exclude=("KO",)
    ),
    ask("rank", "volatility", params={"frequency": "weekly", "returns": "log"}),
    ask("rank", "cvar_95", params={"confidence": 0.99}),
    ask("rank", "sharpe", window=COVID, params={"risk_free": 0.03}),
    ask("value", *FIGURES, tickers=("SP500",)),
    ask("compare", "total_return", "calmar", tickers=TWO, params={"with_index": True}),
    ask("screen", "volatility", conditions=PICKY),
    ask("screen", "volatility", conditions=WILD, params={"any": True}),
    ask("screen", "cagr", conditions=(against("cagr", "<", "AAPL"),), sector="Energy"),
    ask("rank", "volatility", limit=1, params={"position": 2}),
    ask("rank", "cagr", limit=1, params={"group_by": "sector"}),
    ask("extremes", limit=1, params={"position": 3}),
    ask("pairs", limit=1, params={"position": 2}),
    ask("periods", "volatility", "cagr", "high_52w", tickers=TWO, windows=YEARS),
    *(
        ask("aggregate", "volatility", "max_drawdown", "beta", params={"aggregation": how, **group})
        for how in ("mean", "median", "portfolio", "rebalanced")
        for group in ({}, {"group_by": "sector"})
    ),
    ask("aggregate", "cagr", industry="Banks"),
    ask("trend", "growth", tickers=TWO),
    ask("trend", "max_drawdown", sector="Energy", params={"aggregation": "rebalanced"}),
    ask("trend", "correlation", tickers=TWO, window=COVID, params={"rolling": 21}),
    ask("trend", "var_95", tickers=TWO, params={"period": "quarter"}),
    ask("trend", "volatility", sector="Energy", params={"period": "year", "aggregation": "mean"}),
    ask("indicator", "sma_50", "sma_20", "rsi", "macd_signal", tickers=TWO),
    *(ask("calendar", window=ALL, tickers=TWO, params={"period": p}) for p in ("year", "quarter")),
    ask("count", tickers=TWO, conditions=FALLING),
    ask("count", conditions=(where("month_return", ">=", 0.1),)),
    *(ask("extremes", params={"period": p}, order="asc") for p in ("day", "week", "year")),
    ask("streaks", params={"direction": "down"}),
    ask("drawdowns", tickers=TWO, limit=3),
    ask("drawdowns", params={"current": True}),
    ask("pairs"),
    ask("pairs", tickers=("KO",), order="asc", params={"frequency": "monthly"}),
    ask("matrix", tickers=TWO, params={"with_index": True}),
    ask("crossings", tickers=TWO),
    ask("crossings", tickers=TWO, params={"fast": 0, "slow": 50}),
    ask("seasonality", window=ALL, tickers=TWO, params={"period": "month"}),
    ask("seasonality", window=ALL, tickers=TWO, params={"period": "weekday"}),
    ask("price", tickers=TWO, params={"date": "2008-09-14"}),
    *(ask("whatif", tickers=TWO, params={"amount": 1e4, "mode": m}) for m in ("lump", "monthly")),
    *(
        ask("whatif", sector="Health Care", params={"amount": 99.5, "mode": m})
        for m in ("lump", "monthly")
    ),
    *(ask("list", params={"of": of}) for of in ("tickers", "sectors", "industries", "dates")),
)
