"""Every figure of a window against an independent computation, to 1e-9."""

from __future__ import annotations

import datetime as dt
import random

import pandas as pd
import pytest

from analysis.intent import Window
from tests.analysis.conftest import Run
from tests.analysis.numbers import reference
from tests.analysis.numbers.asking import ALL, FIVE_YEARS, LAST, ask, between

WINDOW_FIGURES = [
    "volatility",
    "total_return",
    "growth",
    "cagr",
    "max_drawdown",
    "sharpe",
    "sortino",
    "calmar",
    "beta",
    "alpha",
    "correlation",
    "var_95",
    "cvar_95",
    "tracking_error",
    "information_ratio",
    "excess_return",
    "up_capture",
    "down_capture",
    "momentum",
    "skewness",
    "kurtosis",
    "up_day_share",
    "best_day",
    "worst_day",
    "mean_return",
    "price",
    "high_52w",
    "low_52w",
    "all_time_high",
    "sma_50",
    "sma_200",
    "sma_30",
    "rsi",
    "macd",
    "macd_signal",
    "macd_histogram",
    "bollinger_upper",
    "bollinger_lower",
]
NAMED = {
    "whole history": ALL,
    "five years": FIVE_YEARS,
    "a year": between("2019-12-31", "2020-12-31"),
    "a year whose ends are no trading days": between("2016-12-31", "2017-12-31"),
    "dot-com bust": between("2000-03-24", "2002-10-09"),
    "covid crash": between("2020-02-19", "2020-03-23"),
    "inside one month": between("2015-06-03", "2015-06-24"),
    "two months": between("1999-11-30", "2000-01-31"),
    "the 1990s": between("1989-12-31", "1999-12-31"),
}


def random_windows(count: int) -> dict[str, Window]:
    dice = random.Random(20221228)
    found = {}
    for _ in range(count):
        start = dt.date(1991, 3, 1) + dt.timedelta(days=dice.randrange(11_000))
        end = min(start + dt.timedelta(days=dice.randrange(40, 5000)), LAST)
        found[f"{start} to {end}"] = Window(start, end, "random", "range")
    return found


WINDOWS = NAMED | random_windows(6)


@pytest.mark.parametrize("name", WINDOWS)
def test_every_figure_agrees_with_an_independent_computation(
    name: str, run: Run, closes: pd.DataFrame
) -> None:
    window = WINDOWS[name]
    tickers = tuple(random.Random(name).sample(sorted(closes.columns), 4))
    result = run(ask("compare", *WINDOW_FIGURES, window=window, tickers=tickers))
    names = [column.name for column in result.columns]
    assert [row[0] for row in result.rows] == list(tickers)
    for row in result.rows:
        wanted = reference.figures(closes[row[0]], closes["SP500"], window.start, window.end)
        got = dict(zip(names, row, strict=True))
        for figure in WINDOW_FIGURES:
            assert got[figure] == near(wanted[figure]), (row[0], figure)


def near(value: float | None) -> object:
    """To 1e-9, and None for what cannot be computed."""
    if value is None or pd.isna(value):
        return None
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def test_returns_may_be_weekly_or_monthly(run: Run, closes: pd.DataFrame) -> None:
    for frequency, rule, periods in (("weekly", "W-SUN", 52), ("monthly", "M", 12)):
        params = {"frequency": frequency, "risk_free": 0.03}
        result = run(ask("value", "volatility", "sharpe", tickers=("AMD",), params=params))
        r = reference.returns(reference.coarse(closes["AMD"], rule), FIVE_YEARS.start, LAST)
        wanted = reference.spread(r, periods, 0.03)
        assert result.rows[0][2:] == (near(wanted["volatility"]), near(wanted["sharpe"]))


def test_beta_may_be_weekly_and_on_log_returns(run: Run, closes: pd.DataFrame) -> None:
    params = {"frequency": "weekly", "returns": "log"}
    result = run(ask("value", "beta", "correlation", tickers=("KO",), params=params))
    r, m = (
        reference.returns(reference.coarse(closes[name], "W-SUN"), FIVE_YEARS.start, LAST, log=True)
        for name in ("KO", "SP500")
    )
    wanted = reference.relative(r, m)
    assert result.rows[0][2:] == (near(wanted["beta"]), near(wanted["correlation"]))


def test_the_benchmark_may_be_another_ticker(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("value", "beta", tickers=("PEP",), params={"benchmark": "KO"}))
    r, m = (reference.returns(closes[name], FIVE_YEARS.start, LAST) for name in ("PEP", "KO"))
    assert result.rows[0][2] == near(reference.relative(r, m)["beta"])


def test_value_at_risk_takes_another_confidence(run: Run, closes: pd.DataFrame) -> None:
    params = {"confidence": 0.99}
    result = run(ask("value", "var_95", "cvar_95", tickers=("GE",), params=params))
    wanted = reference.tail(reference.returns(closes["GE"], FIVE_YEARS.start, LAST), 0.99)
    assert result.rows[0][2:] == (near(wanted["var_95"]), near(wanted["cvar_95"]))


def test_a_risk_free_rate_lowers_sharpe_and_sortino(run: Run, closes: pd.DataFrame) -> None:
    params = {"risk_free": 0.03}
    result = run(ask("value", "sharpe", "sortino", tickers=("HD",), params=params))
    r = reference.returns(closes["HD"], FIVE_YEARS.start, LAST)
    wanted = reference.spread(r, risk_free=0.03)
    assert result.rows[0][2:] == (near(wanted["sharpe"]), near(wanted["sortino"]))


def test_alpha_counts_above_the_risk_free_rate(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("value", "alpha", tickers=("HD",), params={"risk_free": 0.03}))
    r, m = (
        reference.returns(closes[name], FIVE_YEARS.start, LAST) - 0.03 / 252
        for name in ("HD", "SP500")
    )
    assert result.rows[0][2] == near(reference.relative(r, m)["alpha"])


def test_log_returns_make_range_resources_the_most_volatile_of_all(run: Run) -> None:
    leaders = [
        run(ask("rank", "volatility", window=ALL, params={"returns": kind})).rows[0][1]
        for kind in ("simple", "log")
    ]
    assert leaders == ["AMD", "RRC"]


@pytest.mark.parametrize(("months", "back", "skipped"), [(1, 1, 0), (6, 6, 0), ("12-1", 12, 1)])
def test_momentum_looks_back_calendar_months(
    months: object, back: int, skipped: int, run: Run, closes: pd.DataFrame
) -> None:
    result = run(ask("value", "momentum", tickers=("XOM",), params={"months": months}))
    assert result.rows[0][2] == near(reference.momentum(closes["XOM"], LAST, back, skipped))


def test_a_current_drawdown_counts_from_the_all_time_high_unless_a_window_is_named(
    run: Run, closes: pd.DataFrame
) -> None:
    ge = closes["GE"]
    default = run(ask("value", "current_drawdown", tickers=("GE",)))
    named = run(
        ask("value", "current_drawdown", tickers=("GE",), window=between("2020-12-31", str(LAST)))
    )
    assert default.rows[0][2] == near(ge.iloc[-1] / ge.max() - 1)
    assert named.rows[0][2] == near(ge.iloc[-1] / ge["2020-12-31":].max() - 1)


def test_a_high_comes_with_its_price_and_day(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("value", "all_time_high", "low_52w", tickers=("AAPL",)))
    row = dict(zip([column.name for column in result.columns], result.rows[0], strict=True))
    path = closes["AAPL"]
    assert row["all_time_high_price"] == path.max()
    assert row["all_time_high_date"] == path.idxmax().date()
    assert row["low_52w_price"] == path.iloc[-252:].min()
    assert row["low_52w_date"] == path.iloc[-252:].idxmin().date()


def test_cagr_is_not_given_for_less_than_365_days(run: Run) -> None:
    part = run(
        ask("value", "cagr", "calmar", tickers=("KO",), window=between("2021-12-31", "2022-12-31"))
    )
    year = run(ask("value", "cagr", tickers=("KO",), window=between("2016-12-31", "2017-12-31")))
    assert part.rows[0][2] is None
    assert part.rows[0][3] is not None
    assert year.rows[0][2] is not None


def test_under_a_year_the_total_return_stands_beside_the_missing_cagr(run: Run) -> None:
    weeks = Window(dt.date(2020, 2, 19), dt.date(2020, 3, 23), "covid", "episode")
    result = run(ask("value", "cagr", tickers=("KO",), window=weeks))
    assert [column.name for column in result.columns] == ["ticker", "name", "cagr", "total_return"]
    assert result.rows[0][2] is None and result.rows[0][3] < 0


def test_under_a_year_a_ranking_by_cagr_goes_by_the_total_return(run: Run) -> None:
    weeks = Window(dt.date(2020, 2, 19), dt.date(2020, 3, 23), "covid", "episode")
    by_cagr = run(ask("rank", "cagr", window=weeks))
    by_return = run(ask("rank", "total_return", window=weeks))
    assert [row[1] for row in by_cagr.rows] == [row[1] for row in by_return.rows]
