"""Rankings, screens and comparisons: who takes part, in which order, and who is left out."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import UnplannableIntent
from analysis.execution import Execution
from analysis.market import Market
from analysis.market_facts import MarketFacts
from analysis.market_import import load
from analysis.planner import plan
from analysis.result import Result
from tests.analysis.conftest import Run
from tests.analysis.numbers import reference
from tests.analysis.numbers.asking import ALL, FIVE_YEARS, LAST, against, ask, between, where

PICKY = where("volatility", "<", 0.3)


def tickers(result: Result) -> list[str]:
    at = [column.name for column in result.columns].index("ticker")
    return [row[at] for row in result.rows]


def test_range_resources_is_the_most_volatile_stock_of_the_default_window(run: Run) -> None:
    result = run(ask("rank", "volatility", limit=3))
    assert [(row[0], row[1], round(row[3], 3)) for row in result.rows] == [
        (1, "RRC", 0.704),
        (2, "AMD", 0.569),
        (3, "GE", 0.436),
    ]
    assert result.data_through == LAST
    assert dict(result.facts)["members"] == 20


def test_the_lowest_come_first_when_asked_for(run: Run) -> None:
    down = tickers(run(ask("rank", "volatility", limit=20)))
    up = tickers(run(ask("rank", "volatility", limit=20, order="asc")))
    assert up == down[::-1]


def test_the_index_is_never_ranked(run: Run) -> None:
    assert "SP500" not in tickers(run(ask("rank", "volatility", limit=50)))


def test_two_metrics_stand_in_two_columns_and_the_first_one_ranks(run: Run) -> None:
    result = run(ask("rank", "sharpe", "max_drawdown"))
    assert [column.name for column in result.columns[-2:]] == ["sharpe", "max_drawdown"]
    sharpes = [row[3] for row in result.rows]
    assert sharpes == sorted(sharpes, reverse=True)


def test_a_scope_is_a_sector_or_an_industry_without_those_excluded(run: Run) -> None:
    energy = run(ask("rank", "volatility", sector="Energy", exclude=("XOM",)))
    banks = run(ask("rank", "volatility", industry="Banks"))
    some = run(ask("rank", "volatility", tickers=("KO", "GE", "AMD")))
    assert set(tickers(energy)) == {"CVX", "RRC"}
    assert set(tickers(banks)) == {"BAC", "JPM"}
    assert tickers(some) == ["AMD", "GE", "KO"]


def volatilities(closes: pd.DataFrame) -> pd.Series:
    """Of the stocks over five years, highest first."""
    found = {
        ticker: reference.returns(closes[ticker], FIVE_YEARS.start, LAST).std() * 252**0.5
        for ticker in closes.columns.drop("SP500")
    }
    return pd.Series(found).sort_values(ascending=False)


@pytest.mark.parametrize("position", [1, 2, 20])
def test_a_place_in_a_ranking_stands_alone(position: int, run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("rank", "volatility", limit=1, params={"position": position}))
    wanted = volatilities(closes)
    [(place, ticker, _, figure)] = result.rows
    assert (place, ticker) == (position, wanted.index[position - 1])
    assert figure == pytest.approx(wanted.iloc[position - 1], rel=1e-9)


def test_a_place_beyond_the_last_stock_is_empty(run: Run) -> None:
    assert run(ask("rank", "volatility", limit=1, params={"position": 21})).rows == ()


def test_the_first_of_each_sector_leads_its_own_stocks(
    run: Run, facts: MarketFacts, closes: pd.DataFrame
) -> None:
    result = run(ask("rank", "volatility", limit=1, params={"group_by": "sector"}))
    assert [column.name for column in result.columns[:3]] == ["rank", "sector", "ticker"]
    sectors = {company.ticker: company.sector for company in facts.stocks()}
    wanted = volatilities(closes)
    leaders = {
        sector: wanted[[t for t in wanted.index if sectors[t] == sector]].index[0]
        for sector in sectors.values()
    }
    assert {row[1]: row[2] for row in result.rows} == leaders
    for row in result.rows:
        assert row[4] == pytest.approx(wanted[row[2]], rel=1e-9)


def test_one_of_several_conditions_is_enough_where_it_is_said(
    run: Run, closes: pd.DataFrame
) -> None:
    conditions = (where("volatility", ">", 0.4), where("max_drawdown", "<", -0.6))
    result = run(ask("screen", "volatility", conditions=conditions, params={"any": True}))
    deep = {
        ticker
        for ticker in closes.columns.drop("SP500")
        if (path := reference.held(closes[ticker], FIVE_YEARS.start, LAST)).div(path.cummax()).min()
        < 0.4
    }
    wanted = volatilities(closes)
    assert set(tickers(result)) == deep | set(wanted[wanted > 0.4].index)


def test_a_screen_against_a_stock_compares_with_its_figure(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("screen", "volatility", conditions=(against("volatility", ">=", "AAPL"),)))
    wanted = volatilities(closes)
    assert set(tickers(result)) == set(wanted[wanted > wanted["AAPL"]].index)


@pytest.mark.parametrize("yardstick", ["AAPL", "SP500"])
def test_a_yardstick_outside_the_scope_is_no_member_of_it(yardstick: str, run: Run) -> None:
    conditions = (against("volatility", ">", yardstick),)
    result = run(ask("screen", "volatility", sector="Energy", conditions=conditions))
    assert tickers(result) == ["RRC", "CVX", "XOM"]


def test_a_screen_lists_every_stock_for_which_all_conditions_hold(
    run: Run, closes: pd.DataFrame
) -> None:
    conditions = (where("volatility", "<", 0.3), where("cagr", ">", 0.1))
    result = run(ask("screen", "volatility", conditions=conditions))
    wanted = set()
    for ticker in closes.columns.drop("SP500"):
        path = reference.held(closes[ticker], FIVE_YEARS.start, LAST)
        volatility = reference.returns(closes[ticker], FIVE_YEARS.start, LAST).std() * 252**0.5
        if volatility < 0.3 and (path.iloc[-1] / path.iloc[0]) ** (1 / 5) - 1 > 0.1:
            wanted.add(ticker)
    assert set(tickers(result)) == wanted
    assert [column.name for column in result.columns[2:]] == ["volatility", "cagr"]


def test_more_than_is_strict_and_at_least_includes_the_bound(run: Run) -> None:
    bound = run(ask("rank", "volatility", limit=1)).rows[0][3]
    above = run(ask("screen", "volatility", conditions=(where("volatility", ">", bound),)))
    at_least = run(ask("screen", "volatility", conditions=(where("volatility", ">=", bound),)))
    either = run(ask("screen", conditions=(where("volatility", "between", bound, bound),)))
    assert (tickers(above), tickers(at_least), tickers(either)) == ([], ["RRC"], ["RRC"])


def test_a_screen_is_not_cut_to_ten(run: Run) -> None:
    result = run(ask("screen", "volatility", conditions=(where("volatility", ">", 0.0),)))
    assert len(result.rows) == 20


def test_a_comparison_keeps_the_order_of_the_question_and_may_add_the_index(run: Run) -> None:
    plain = run(ask("compare", "cagr", tickers=("MSFT", "AAPL")))
    indexed = run(ask("compare", "cagr", tickers=("MSFT", "AAPL"), params={"with_index": True}))
    assert tickers(plain) == ["MSFT", "AAPL"]
    assert tickers(indexed) == ["MSFT", "AAPL", "SP500"]


def test_stocks_without_four_fifths_of_the_window_are_left_out_and_named(tmp_path: Path) -> None:
    days = pd.bdate_range("2020-01-01", "2020-12-31")
    prices = pd.DataFrame({"date": days.strftime("%Y-%m-%d"), "OLD": 10.0, "NEW": 10.0})
    prices["OLD"] += [float(day) for day in range(len(days))]
    prices["NEW"] = prices["NEW"].where(days >= "2020-06-01")
    prices["MOST"] = prices["OLD"].where(days >= "2020-02-01")
    file = tmp_path / "prices.csv"
    prices.to_csv(file, index=False)
    load([file], tmp_path / "market")
    market = Market(tmp_path / "market")
    intent = ask("rank", "total_return", window=between("2019-12-31", "2020-12-31"))
    result = Execution(plan(intent, market.facts()), market).run()
    assert set(tickers(result)) == {"OLD", "MOST"}
    assert result.left_out == ("NEW",)


@pytest.mark.parametrize(
    "intent",
    [
        ask("rank"),
        ask("rank", "volatilty"),
        ask("value", "volatility"),
        ask("value", "volatility", tickers=("NOPE",)),
        ask("rank", "volatility", sector="Utilities"),
        ask("rank", "volatility", params={"group_by": "colour"}),
        ask("rank", "volatility", params={"position": 0}),
        ask("screen", "volatility", conditions=(against("volatility", ">", "NOPE"),)),
        ask("screen", conditions=(against("beta", ">", "KO"), PICKY), params={"any": True}),
        ask("screen", conditions=(against("beta", "between", "KO"),)),
        ask("count", tickers=("GE",), conditions=(against("day_return", ">", "KO"),)),
        ask("aggregate", "beta", conditions=(against("beta", ">", "KO"),)),
        ask("aggregate", "volatility", params={"aggregation": "mode"}),
        ask("periods", "volatility", tickers=("KO",)),
        ask("periods", "volatility", windows=(FIVE_YEARS, ALL)),
        ask("screen", "volatility"),
        ask("rank", "beta", params={"benchmark": "NOPE"}),
        ask("rank", "volatility", params={"frequency": "hourly"}),
        ask("rank", "volatility", params={"returns": "odd"}),
        ask("rank", "var_95", params={"confidence": 95}),
        ask("rank", "sharpe", params={"risk_free": 3}),
        ask("rank", "momentum", params={"months": "soon"}),
        ask("rank", "max_drawdown", params={"frequency": "weekly"}),
        ask("rank", "total_return", params={"returns": "log"}),
        ask("rank", "volatility", params={"risk_free": 0.03}),
        ask("rank", "volatility", params={"confidence": 0.99}),
        ask("drawdowns", tickers=("KO",), params={"frequency": "monthly"}),
        ask("trend", "growth", tickers=("KO",), params={"returns": "log"}),
        ask("rank", "volatility", window=between("2023-01-01", "2023-12-31")),
        ask("rank", "volatility", window=between("2020-01-01", "2019-01-01")),
        ask("rank", "volatility", window=between("1980-01-01", "1985-01-01")),
        dataclasses.replace(ask("rank", "volatility", window=ALL), shape="dance"),
    ],
    ids=str,
)
def test_what_cannot_be_computed_says_why(intent: object, facts: object) -> None:
    with pytest.raises(UnplannableIntent, match=r"\w"):
        plan(intent, facts)  # type: ignore[arg-type]  # every case is an Intent
