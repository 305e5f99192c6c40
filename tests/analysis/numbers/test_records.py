"""Counts, best and worst periods, streaks and drawdowns with their dates."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pandas as pd
import pytest

from tests.analysis.conftest import Run
from tests.analysis.numbers import reference
from tests.analysis.numbers.asking import ALL, FIVE_YEARS, LAST, ask, between, where


def test_days_over_a_threshold_are_counted_strictly(run: Run, closes: pd.DataFrame) -> None:
    result = run(
        ask("count", window=ALL, tickers=("AAPL",), conditions=(where("day_return", "<", -0.05),))
    )
    r = closes["AAPL"].pct_change().dropna()
    assert result.rows[0][2:4] == ((r < -0.05).sum(), len(r))
    assert result.rows[0][4] == pytest.approx((r < -0.05).mean())


def test_a_count_over_all_stocks_ranks_them(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("count", conditions=(where("day_return", ">", 0.03),), limit=3))
    r = reference.cut(closes.drop(columns="SP500").pct_change(), FIVE_YEARS.start, LAST)
    wanted = (r > 0.03).sum().sort_values(ascending=False)
    assert [row[2] for row in result.rows] == list(wanted.iloc[:3])


def test_months_are_counted_by_the_month_that_they_end_in(run: Run, closes: pd.DataFrame) -> None:
    window = between("1999-12-31", "2009-12-31")
    condition = (where("month_return", "<", 0.0),)
    result = run(ask("count", window=window, tickers=("GE",), conditions=condition))
    r = reference.cut(reference.coarse(closes["GE"], "M").pct_change(), window.start, window.end)
    assert result.rows[0][2:4] == ((r < 0).sum(), 120)


def test_days_above_a_price_are_counted(run: Run, closes: pd.DataFrame) -> None:
    condition = (where("price", ">", 150.0),)
    row = run(ask("count", tickers=("AAPL",), conditions=condition)).rows[0]
    assert row[2] == (reference.cut(closes["AAPL"], FIVE_YEARS.start, LAST) > 150).sum()


def test_stocks_over_a_threshold_are_listed_as_a_screen(run: Run) -> None:
    result = run(ask("count", conditions=(where("volatility", ">", 0.4),)))
    assert {row[0] for row in result.rows} == {"RRC", "AMD", "GE", "BBY"}


@pytest.mark.parametrize(("period", "rule"), [("day", None), ("week", "W-SUN"), ("month", "M")])
def test_the_worst_periods_have_the_dates_of_their_last_days(
    period: str, rule: str | None, run: Run, closes: pd.DataFrame
) -> None:
    params = {"period": period}
    result = run(ask("extremes", window=ALL, tickers=("JPM",), order="asc", limit=3, params=params))
    series = closes["JPM"] if rule is None else reference.coarse(closes["JPM"], rule)
    wanted = series.pct_change().nsmallest(3)
    assert result.columns[3].name == f"{period}_return"
    assert [pd.Timestamp(row[2]) for row in result.rows] == list(wanted.index)
    assert [row[3] for row in result.rows] == pytest.approx(list(wanted), rel=1e-9)


def test_the_best_day_of_all_stocks_may_be_asked_for(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("extremes", limit=1))
    r = reference.cut(closes.drop(columns="SP500").pct_change(), FIVE_YEARS.start, LAST).stack()
    assert result.rows[0][3] == pytest.approx(r.max(), rel=1e-12)
    assert (pd.Timestamp(result.rows[0][2]), result.rows[0][0]) == r.idxmax()


def longest(r: pd.Series, sign: int) -> int:
    best = run_length = 0
    for value in r:
        run_length = run_length + 1 if value * sign > 0 else 0
        best = max(best, run_length)
    return best


@pytest.mark.parametrize(("direction", "sign"), [("up", 1), ("down", -1)])
def test_a_streak_ends_with_a_day_that_does_not_go_its_way(
    direction: str, sign: int, run: Run, closes: pd.DataFrame
) -> None:
    params = {"direction": direction}
    row = run(ask("streaks", window=ALL, tickers=("KO",), params=params, limit=1)).rows[0]
    path = closes["KO"]
    assert row[4] == longest(path.pct_change().dropna(), sign)
    inside = path.pct_change().loc[pd.Timestamp(row[2]) : pd.Timestamp(row[3])]
    assert len(inside) == row[4]
    assert (inside * sign > 0).all()
    before = path[path.index < pd.Timestamp(row[2])].iloc[-1]
    assert row[5] == pytest.approx(path[pd.Timestamp(row[3])] / before - 1, rel=1e-12)


def test_a_drawdown_has_its_peak_trough_and_recovery(run: Run) -> None:
    row = run(ask("drawdowns", window=ALL, tickers=("SP500",), limit=1)).rows[0]
    assert row[3:6] == (dt.date(2007, 10, 9), dt.date(2009, 3, 9), dt.date(2013, 3, 28))
    assert row[2] == pytest.approx(-0.567754, abs=1e-6)
    assert row[6] == (row[5] - row[3]).days


def test_recovery_is_looked_for_after_the_window(run: Run) -> None:
    window = between("2020-02-19", "2020-03-23")
    row = run(ask("drawdowns", window=window, tickers=("SP500",), limit=1)).rows[0]
    assert row[3:6] == (dt.date(2020, 2, 19), dt.date(2020, 3, 23), dt.date(2020, 8, 18))


def test_falls_of_one_ticker_do_not_overlap_and_the_deepest_comes_first(
    run: Run, closes: pd.DataFrame
) -> None:
    rows = run(ask("drawdowns", window=ALL, tickers=("AAPL",), limit=5)).rows
    depths = [row[2] for row in rows]
    assert depths == sorted(depths)
    path = closes["AAPL"]
    assert depths[0] == pytest.approx((path / path.cummax() - 1).min(), rel=1e-12)
    falls = sorted((row[3], row[5] or LAST) for row in rows)
    assert all(end <= start for (_, end), (start, _) in pairwise(falls))


def test_the_current_drawdown_counts_from_the_all_time_high(run: Run, closes: pd.DataFrame) -> None:
    ge = closes["GE"]
    row = run(ask("drawdowns", tickers=("GE",), params={"current": True})).rows[0]
    assert row[3] == ge.idxmax().date()
    assert row[4:6] == (LAST, None)
    assert row[2] == pytest.approx(ge.iloc[-1] / ge.max() - 1, rel=1e-12)


def test_each_ticker_that_is_named_shows_its_own_falls(run: Run) -> None:
    rows = run(ask("drawdowns", tickers=("KO", "RRC"), limit=1)).rows
    assert {row[0] for row in rows} == {"KO", "RRC"}
