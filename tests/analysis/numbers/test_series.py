"""Lines over time: trends, indicators, calendar returns, seasons and crossings."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.errors import UnplannableIntent
from analysis.intent import Condition
from analysis.result import Result
from tests.analysis.conftest import Run
from tests.analysis.numbers import reference
from tests.analysis.numbers.asking import ALL, FIVE_YEARS, LAST, ask, between


def line(result: Result, ticker: str) -> pd.Series:
    rows = [row for row in result.rows if row[1] == ticker]
    return pd.Series([row[2] for row in rows], index=pd.to_datetime([row[0] for row in rows]))


def same(got: pd.Series, wanted: pd.Series) -> None:
    assert list(got.index) == list(wanted.index)
    np.testing.assert_allclose(got.to_numpy(), wanted.to_numpy(), rtol=1e-9, atol=1e-12)


def test_growth_and_drawdown_count_from_the_base_price(run: Run, closes: pd.DataFrame) -> None:
    path = reference.held(closes["AMD"], FIVE_YEARS.start, LAST)
    for metric, wanted in (
        ("growth", path / path.iloc[0]),
        ("total_return", path / path.iloc[0] - 1),
        ("max_drawdown", path / path.cummax() - 1),
        ("price", path),
        ("day_return", path.pct_change()),
    ):
        result = run(ask("trend", metric, tickers=("AMD", "KO")))
        same(line(result, "AMD"), wanted.iloc[1:])
        assert result.series


@pytest.mark.parametrize("days", [21, 63, 252])
def test_rolling_volatility_uses_days_before_the_window(
    days: int, run: Run, closes: pd.DataFrame
) -> None:
    result = run(ask("trend", "volatility", tickers=("GE", "KO"), params={"rolling": days}))
    r = reference.returns(closes["GE"], None, LAST)
    wanted = pd.Series(
        np.lib.stride_tricks.sliding_window_view(r.to_numpy(), days).std(axis=1, ddof=1),
        index=r.index[days - 1 :],
    )
    same(line(result, "GE"), reference.cut(wanted, FIVE_YEARS.start, LAST) * np.sqrt(252))


def test_rolling_beta_and_drawdown_agree_with_each_window_by_itself(
    run: Run, closes: pd.DataFrame
) -> None:
    window = between("2020-02-28", "2020-04-30")
    for metric in ("beta", "max_drawdown", "total_return"):
        result = run(ask("trend", metric, window=window, tickers=("BAC",), params={"rolling": 63}))
        got = line(result, "BAC")
        for day in (got.index[0], got.index[20], got.index[-1]):
            start = closes.index[closes.index.get_loc(day) - 63].date()
            wanted = reference.figures(closes["BAC"], closes["SP500"], start, day.date())
            assert got[day] == pytest.approx(wanted[metric], rel=1e-9), metric


def test_figures_by_year_are_those_of_the_years(run: Run, closes: pd.DataFrame) -> None:
    for metric in ("volatility", "max_drawdown", "beta", "total_return"):
        params = {"period": "year"}
        window = between("2009-12-31", "2019-12-31")
        got = line(run(ask("trend", metric, window=window, tickers=("JPM",), params=params)), "JPM")
        for year, value in zip(range(2010, 2020), got, strict=True):
            start, end = dt.date(year - 1, 12, 31), dt.date(year, 12, 31)
            wanted = reference.figures(closes["JPM"], closes["SP500"], start, end)
            assert value == pytest.approx(wanted[metric], rel=1e-9), (metric, year)


def test_prices_by_month_are_those_of_the_months_last_days(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("trend", "price", tickers=("KO",), params={"period": "month"}))
    same(
        line(result, "KO"),
        reference.cut(reference.coarse(closes["KO"], "M"), FIVE_YEARS.start, LAST),
    )


def test_the_mean_of_a_sector_is_a_line_too(run: Run) -> None:
    params = {"period": "year"}
    mean = run(
        ask("trend", "volatility", sector="Energy", params={**params, "aggregation": "mean"})
    )
    each = run(ask("trend", "volatility", sector="Energy", params=params))
    years = sorted({row[0] for row in each.rows})
    wanted = [np.mean([row[2] for row in each.rows if row[0] == year]) for year in years]
    assert [row[2] for row in mean.rows] == pytest.approx(wanted, rel=1e-12)
    assert {row[1] for row in mean.rows} == {"Energy"}


def test_indicators_are_computed_on_the_whole_series_and_then_cut(
    run: Run, closes: pd.DataFrame
) -> None:
    names = ["sma_50", "sma_200", "sma_30", "rsi", "macd", "macd_signal", "macd_histogram"]
    names += ["bollinger_upper", "bollinger_lower"]
    result = run(ask("indicator", *names, tickers=("AAPL", "RRC"), window=ALL))
    assert [column.name for column in result.columns] == ["date", "ticker", "price", *names]
    for ticker in ("AAPL", "RRC"):
        wanted = reference.indicators(closes[ticker])
        rows = [row for row in result.rows if row[1] == ticker]
        got = pd.DataFrame([row[3:] for row in rows], columns=names, dtype=float)
        for name in names:
            np.testing.assert_allclose(got[name], wanted[name], rtol=1e-9, atol=1e-9, err_msg=name)


def test_a_moving_average_of_any_length_has_its_own_column(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("indicator", tickers=("KO",), params={"sma_days": 100}))
    assert result.columns[3].name == "sma_100"
    assert result.rows[-1][3] == pytest.approx(closes["KO"].iloc[-100:].mean(), rel=1e-12)


def test_calendar_years_start_at_the_close_before_and_mark_partial_ones(
    run: Run, closes: pd.DataFrame
) -> None:
    result = run(ask("calendar", window=ALL, tickers=("AAPL",), params={"period": "year"}))
    last = closes["AAPL"].groupby(closes.index.year).last()
    rows = {row[0]: row for row in result.rows}
    assert rows["2021"][2] == pytest.approx(last[2021] / last[2020] - 1, rel=1e-12)
    assert rows["1990"][2] == pytest.approx(last[1990] / closes["AAPL"].iloc[0] - 1, rel=1e-12)
    assert [period for period, row in rows.items() if row[3]] == ["1990", "2022"]


def test_calendar_months_of_a_window_are_those_that_begin_in_it(run: Run) -> None:
    result = run(ask("calendar", tickers=("AAPL",), params={"period": "month"}))
    assert (result.rows[0][0], result.rows[-1][0], len(result.rows)) == ("2018-01", "2022-12", 60)
    assert result.rows[-1][3] is True


@pytest.mark.parametrize("period", ["month", "weekday"])
def test_seasons_leave_partial_periods_out(period: str, run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("seasonality", window=ALL, tickers=("WMT",), params={"period": period}))
    if period == "month":
        r = reference.coarse(closes["WMT"], "M").pct_change().dropna().iloc[:-1]
        groups = r.groupby(r.index.month_name())
    else:
        r = closes["WMT"].pct_change().dropna()
        groups = r.groupby(r.index.day_name())
    for name, _, mean, median, hit_rate, n in result.rows:
        x = groups.get_group(name)
        assert (mean, median) == pytest.approx((x.mean(), x.median()), rel=1e-9)
        assert (hit_rate, n) == (pytest.approx((x > 0).mean()), len(x))
    assert result.rows[0][0] == ("January" if period == "month" else "Monday")


def test_golden_and_death_crosses_are_where_the_averages_cross(
    run: Run, closes: pd.DataFrame
) -> None:
    x = closes["MSFT"].to_numpy()
    gap = pd.Series(reference.sma(x, 50) - reference.sma(x, 200), index=closes.index)
    golden = gap.index[(gap > 0) & (gap.shift(1) <= 0)]
    death = gap.index[(gap < 0) & (gap.shift(1) >= 0)]
    both = run(ask("crossings", window=ALL, tickers=("MSFT",)))
    only = run(ask("crossings", window=ALL, tickers=("MSFT",), params={"direction": "golden"}))
    assert [pd.Timestamp(row[0]) for row in only.rows] == list(golden)
    assert {(pd.Timestamp(row[0]), row[2]) for row in both.rows} == {
        *((day, "golden") for day in golden),
        *((day, "death") for day in death),
    }


def test_the_price_itself_may_cross_its_average(run: Run, closes: pd.DataFrame) -> None:
    gap = closes["GE"] - reference.sma(closes["GE"].to_numpy(), 200)
    up = gap.index[(gap > 0) & (gap.shift(1) <= 0)]
    params = {"fast": 0, "direction": "up"}
    result = run(ask("crossings", window=ALL, tickers=("GE",), params=params))
    assert [pd.Timestamp(row[0]) for row in result.rows] == list(up)
    assert {row[2] for row in result.rows} == {"up"}


@pytest.mark.parametrize(
    "intent",
    [
        ask("trend", "volatility", "beta", tickers=("KO",)),
        ask("trend", "volatility", tickers=("KO",), params={"rolling": 1}),
        ask("trend", "volatility", tickers=("KO",), params={"period": "hour"}),
        ask("trend", "momentum", tickers=("KO",)),
        ask("trend", "volatility", tickers=("KO",), params={"rolling": 63, "frequency": "weekly"}),
        ask("trend", "volatility", sector="Energy", params={"aggregation": "portfolio"}),
        ask("indicator", tickers=("KO",)),
        ask("indicator", "volatility", tickers=("KO",)),
        ask("calendar", tickers=("KO",), params={"period": "day"}),
        ask("seasonality", tickers=("KO",), params={"period": "year"}),
        ask("crossings", tickers=("KO",), params={"fast": 200, "slow": 50}),
        ask("crossings", tickers=("KO",), params={"direction": "sideways"}),
    ],
    ids=str,
)
def test_what_has_no_line_says_why(intent: object, run: Run) -> None:
    with pytest.raises(UnplannableIntent, match=r"\w"):
        run(intent)  # type: ignore[arg-type]  # every case is an Intent


def test_a_screen_finds_the_closes_above_their_average(run: Run, closes: pd.DataFrame) -> None:
    condition = Condition("price_to_sma_200", ">", 0.0)
    result = run(ask("screen", "price_to_sma_200", conditions=(condition,)))
    stocks = closes.drop(columns="SP500")
    gap = stocks.iloc[-1] / stocks.rolling(200).mean().iloc[-1] - 1
    assert {row[0]: row[2] for row in result.rows} == pytest.approx(dict(gap[gap > 0]), rel=1e-9)
