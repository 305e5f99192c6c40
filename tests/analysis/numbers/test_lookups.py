"""Prices on a date, what investments became, and lists."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from analysis.errors import UnplannableIntent
from analysis.metrics import METRICS
from tests.analysis.conftest import Run
from tests.analysis.numbers import reference
from tests.analysis.numbers.asking import FIVE_YEARS, LAST, ask, between

ENERGY = ["CVX", "RRC", "XOM"]


def test_a_price_is_that_of_the_day_or_of_the_trading_day_before(
    run: Run, closes: pd.DataFrame
) -> None:
    result = run(ask("price", tickers=("KO", "AAPL"), params={"date": "2020-02-22"}))
    assert [row[0] for row in result.rows] == ["KO", "AAPL"]
    assert result.rows[1][2:] == (dt.date(2020, 2, 21), closes.loc["2020-02-21", "AAPL"])


@pytest.mark.parametrize("date", ["1989-06-01", "2023-01-03", "soon"])
def test_a_price_outside_the_data_is_refused(date: str, run: Run) -> None:
    with pytest.raises(UnplannableIntent, match=r"date|Prices"):
        run(ask("price", tickers=("KO",), params={"date": date}))


def test_a_lump_sum_is_bought_at_the_base_price(run: Run, closes: pd.DataFrame) -> None:
    params = {"amount": 1000, "mode": "lump"}
    row = run(ask("whatif", tickers=("AMD",), params=params)).rows[0]
    path = reference.held(closes["AMD"], FIVE_YEARS.start, LAST)
    assert row[2:4] == (1000, pytest.approx(1000 * path.iloc[-1] / path.iloc[0], rel=1e-12))
    assert row[4] == pytest.approx(path.iloc[-1] / path.iloc[0] - 1, rel=1e-12)


def monthly(prices: pd.Series, start: str, amount: float) -> tuple[float, float]:
    inside = prices[prices.index > start]
    firsts = inside.groupby([inside.index.year, inside.index.month]).first()
    return amount * len(firsts), float((amount / firsts * prices.iloc[-1]).sum())


def test_a_monthly_saving_is_bought_at_the_first_close_of_each_month(
    run: Run, closes: pd.DataFrame
) -> None:
    window = between("2009-12-31", str(LAST))
    params = {"amount": 100, "mode": "monthly"}
    row = run(ask("whatif", tickers=("MSFT",), window=window, params=params)).rows[0]
    assert row[2:4] == pytest.approx(monthly(closes["MSFT"], "2009-12-31", 100), rel=1e-12)
    assert row[2] == 15_600


@pytest.mark.parametrize("mode", ["lump", "monthly"])
def test_a_sector_is_an_equal_weight_portfolio(mode: str, run: Run) -> None:
    window = between("2009-12-31", str(LAST))
    params = {"amount": 300, "mode": mode}
    one = run(ask("whatif", sector="Energy", window=window, params=params)).rows
    each = run(
        ask("whatif", tickers=tuple(ENERGY), window=window, params={"amount": 100, "mode": mode})
    ).rows
    assert one[0][0] is None
    assert "Energy" in one[0][1]
    assert one[0][3] == pytest.approx(sum(row[3] for row in each), rel=1e-9)


@pytest.mark.parametrize(
    "params", [{"amount": 0}, {"amount": -5}, {"mode": "weekly"}, {"amount": 1e15}], ids=str
)
def test_an_investment_has_to_make_sense(params: dict[str, object], run: Run) -> None:
    with pytest.raises(UnplannableIntent, match=r"\w"):
        run(ask("whatif", tickers=("KO",), params=params))


def test_lists_show_what_there_is(run: Run) -> None:
    tickers = run(ask("list", params={"of": "tickers"}))
    energy = run(ask("list", sector="Energy", params={"of": "tickers"}))
    sectors = run(ask("list", params={"of": "sectors"}))
    dates = run(ask("list", params={"of": "dates"}))
    metrics = run(ask("list", params={"of": "metrics"}))
    assert len(tickers.rows) == 21
    assert [row[0] for row in energy.rows] == ENERGY
    assert sum(row[1] for row in sectors.rows) == 20
    assert dates.rows == ((dt.date(1990, 1, 2), LAST, 8313),)
    assert [row[0] for row in metrics.rows] == list(METRICS)


def test_an_explanation_needs_no_table(run: Run) -> None:
    result = run(ask("explain", "volatility"))
    assert (result.columns, result.rows, result.sql) == ((), (), "")
