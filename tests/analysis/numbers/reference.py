"""The published definitions once more, in numpy and pandas, written without looking at the SQL."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd


def returns(
    prices: pd.Series, start: dt.date | None, end: dt.date, *, log: bool = False
) -> pd.Series:
    """On the whole series, then cut to (start, end]."""
    whole = prices.dropna()
    r = np.log(whole / whole.shift(1)) if log else whole / whole.shift(1) - 1
    return cut(r.dropna(), start, end)


def cut(series: pd.Series, start: dt.date | None, end: dt.date) -> pd.Series:
    after = series.index > pd.Timestamp(start) if start else np.full(len(series), True)
    return series[after & (series.index <= pd.Timestamp(end))]


def held(prices: pd.Series, start: dt.date | None, end: dt.date) -> pd.Series:
    """The closes of the window with the base price in front."""
    inside = cut(prices, start, end)
    if start is None or not (prices.index <= pd.Timestamp(start)).any():
        return inside
    base = prices[prices.index <= pd.Timestamp(start)].iloc[[-1]]
    return pd.concat([base, inside])


def figures(
    prices: pd.Series, market: pd.Series, start: dt.date | None, end: dt.date
) -> dict[str, float | None]:
    """Every figure of a window by its canonical name."""
    r = returns(prices, start, end)
    m = returns(market, start, end)
    path = held(prices, start, end)
    return {
        **spread(r),
        **holding(path, start, end),
        **relative(r, m),
        **tail(r),
        **highs(prices, end),
        **indicators_at(prices, end),
    }


def spread(r: pd.Series, periods: int = 252, risk_free: float = 0.0) -> dict[str, float]:
    x = r.to_numpy()
    n, mean, sd = len(x), x.mean(), x.std(ddof=1)
    z = (x - mean) / x.std(ddof=0)
    third, fourth = (z**3).mean(), (z**4).mean() - 3
    downside = np.sqrt((np.minimum(x - risk_free / periods, 0) ** 2).mean())
    return {
        "volatility": sd * np.sqrt(periods),
        "mean_return": mean,
        "best_day": x.max(),
        "worst_day": x.min(),
        "up_day_share": (x > 0).mean(),
        "skewness": np.sqrt(n * (n - 1)) / (n - 2) * third,
        "kurtosis": (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * fourth + 6),
        "sharpe": (mean - risk_free / periods) / sd * np.sqrt(periods),
        "sortino": (mean - risk_free / periods) * periods / (downside * np.sqrt(periods)),
    }


def holding(path: pd.Series, start: dt.date | None, end: dt.date) -> dict[str, float | None]:
    growth = path.iloc[-1] / path.iloc[0]
    days = (path.index[-1] - path.index[0]).days
    asked = (end - max(start, path.index[0].date())).days if start else days
    cagr = growth ** (365.25 / days) - 1 if asked >= 365 else None
    depth = (path / path.cummax() - 1).min()
    return {
        "total_return": growth - 1,
        "growth": growth,
        "cagr": cagr,
        "max_drawdown": depth,
        "calmar": (growth - 1 if cagr is None else cagr) / abs(depth),
    }


def relative(r: pd.Series, m: pd.Series) -> dict[str, float]:
    both = pd.concat([r, m], axis=1, join="inner").to_numpy()
    x, y = both[:, 0], both[:, 1]
    beta = np.cov(x, y, ddof=1)[0, 1] / y.var(ddof=1)
    error = (x - y).std(ddof=1) * np.sqrt(252)
    return {
        "beta": beta,
        "alpha": (x.mean() - beta * y.mean()) * 252,
        "correlation": np.corrcoef(x, y)[0, 1],
        "tracking_error": error,
        "information_ratio": (x - y).mean() * 252 / error if error > 0 else np.nan,
        "excess_return": (1 + x).prod() - (1 + y).prod(),
        "up_capture": x[y > 0].mean() / y[y > 0].mean(),
        "down_capture": x[y < 0].mean() / y[y < 0].mean(),
    }


def tail(r: pd.Series, confidence: float = 0.95) -> dict[str, float]:
    x = r.to_numpy()
    cut_off = np.quantile(x, 1 - confidence, method="linear")
    return {"var_95": cut_off, "cvar_95": x[x <= cut_off].mean()}


def highs(prices: pd.Series, end: dt.date) -> dict[str, float]:
    seen = prices[prices.index <= pd.Timestamp(end)]
    year = seen.iloc[-252:]
    last = seen.iloc[-1]
    return {
        "price": last,
        "high_52w": last / year.max() - 1,
        "low_52w": last / year.min() - 1,
        "all_time_high": last / seen.max() - 1,
        "current_drawdown": last / seen.max() - 1,
        "momentum": momentum(seen, end, 12),
    }


def momentum(prices: pd.Series, end: dt.date, months: int, skipped: int = 0) -> float:
    def close(back: int) -> float:
        day = pd.Timestamp(end) - pd.DateOffset(months=back)
        return float(prices[prices.index <= day].iloc[-1])

    return close(skipped) / close(months) - 1


def indicators(prices: pd.Series) -> pd.DataFrame:
    """Of the whole series, by recursion; standard deviations of each 20 closes by themselves."""
    x = prices.to_numpy()
    macd = ema(x, 12) - ema(x, 26)
    signal = ema(macd, 9)
    twenty = np.lib.stride_tricks.sliding_window_view(x, 20)
    middle = np.concatenate([np.full(19, np.nan), twenty.mean(axis=1)])
    width = np.concatenate([np.full(19, np.nan), 2 * twenty.std(axis=1, ddof=0)])
    columns = {
        "sma_50": sma(x, 50),
        "sma_200": sma(x, 200),
        "sma_30": sma(x, 30),
        "rsi": rsi(x),
        "macd": macd,
        "macd_signal": signal,
        "macd_histogram": macd - signal,
        "bollinger_upper": middle + width,
        "bollinger_lower": middle - width,
    }
    return pd.DataFrame(columns, index=prices.index)


def indicators_at(prices: pd.Series, end: dt.date) -> dict[str, float]:
    whole = indicators(prices)
    return whole[whole.index <= pd.Timestamp(end)].iloc[-1].to_dict()


def sma(x: np.ndarray, days: int) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(x, days)
    return np.concatenate([np.full(days - 1, np.nan), windows.mean(axis=1)])


def ema(x: np.ndarray, days: int) -> np.ndarray:
    weight, out = 2 / (days + 1), [x[0]]
    for value in x[1:]:
        out.append(weight * value + (1 - weight) * out[-1])
    return np.array(out)


def rsi(x: np.ndarray, days: int = 14) -> np.ndarray:
    change = np.diff(x)
    gain, loss = np.maximum(change, 0), np.maximum(-change, 0)
    up, down = gain[:days].mean(), loss[:days].mean()
    out = [np.nan] * days + [strength(up, down)]
    for g, fall in zip(gain[days:], loss[days:], strict=True):
        up, down = (up * (days - 1) + g) / days, (down * (days - 1) + fall) / days
        out.append(strength(up, down))
    return np.array(out)


def strength(up: float, down: float) -> float:
    return 100 * up / (up + down) if up + down > 0 else np.nan


def coarse(prices: pd.Series, rule: str) -> pd.Series:
    """The last close of each week (W-SUN) or month (ME), on the day it was made."""
    days = prices.index.to_series()
    last = days.groupby(days.dt.to_period(rule)).max()
    return prices[last.to_numpy()]
