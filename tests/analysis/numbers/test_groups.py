"""Sectors as the mean of their members, and as portfolios."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import UnplannableIntent
from analysis.execution import Execution
from analysis.intent import Intent
from analysis.market import Market
from analysis.market_import import load
from analysis.planner import plan
from tests.analysis.conftest import Run
from tests.analysis.numbers import reference
from tests.analysis.numbers.asking import ALL, FIVE_YEARS, LAST, ask

ENERGY = ["CVX", "RRC", "XOM"]
FIGURES = ("volatility", "total_return", "max_drawdown", "beta", "sharpe")


def test_a_sector_is_the_mean_of_its_members_figures(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("aggregate", *FIGURES, sector="Energy"))
    members = [
        reference.figures(closes[t], closes["SP500"], FIVE_YEARS.start, LAST) for t in ENERGY
    ]
    assert result.rows[0][:2] == ("Energy", 3)
    for name, value in zip(FIGURES, result.rows[0][2:], strict=True):
        assert value == pytest.approx(pd.DataFrame(members)[name].mean(), rel=1e-9)


def test_a_median_is_the_middle_one_of_the_members_figures(run: Run, closes: pd.DataFrame) -> None:
    params = {"aggregation": "median", "group_by": "sector"}
    result = run(ask("aggregate", *FIGURES, params=params))
    rows = {row[0]: row for row in result.rows}
    members = [
        reference.figures(closes[t], closes["SP500"], FIVE_YEARS.start, LAST) for t in ENERGY
    ]
    assert rows["Energy"][1] == 3
    for name, value in zip(FIGURES, rows["Energy"][2:], strict=True):
        assert value == pytest.approx(pd.DataFrame(members)[name].median(), rel=1e-9)


def portfolio(closes: pd.DataFrame, how: str) -> pd.Series:
    """The value of a dollar in equal parts of the energy stocks, from the base price on."""
    path = reference.held(closes[ENERGY], FIVE_YEARS.start, LAST)
    if how == "portfolio":
        return (path / path.iloc[0]).mean(axis=1)
    return (1 + path.pct_change().fillna(0).mean(axis=1)).cumprod()


@pytest.mark.parametrize("how", ["portfolio", "rebalanced"])
def test_a_portfolio_is_bought_in_equal_parts_and_held_or_rebalanced_daily(
    how: str, run: Run, closes: pd.DataFrame
) -> None:
    result = run(ask("aggregate", *FIGURES, sector="Energy", params={"aggregation": how}))
    value = portfolio(closes, how)
    wanted = {
        **reference.spread(reference.returns(value, None, LAST)),
        **reference.holding(value, FIVE_YEARS.start, LAST),
        **reference.relative(
            reference.returns(value, None, LAST),
            reference.returns(closes["SP500"], FIVE_YEARS.start, LAST),
        ),
    }
    assert result.rows[0][:2] == ("Energy", 3)
    for name, figure in zip(FIGURES, result.rows[0][2:], strict=True):
        assert figure == pytest.approx(wanted[name], rel=1e-9), name


@pytest.mark.parametrize("how", ["mean", "portfolio", "rebalanced"])
def test_grouping_gives_a_row_for_each_sector_in_order(how: str, run: Run) -> None:
    params = {"group_by": "sector", "aggregation": how}
    result = run(ask("aggregate", "volatility", params=params))
    single = run(ask("aggregate", "volatility", sector="Energy", params={"aggregation": how}))
    rows = {row[0]: row for row in result.rows}
    assert sum(row[1] for row in result.rows) == 20
    assert [row[2] for row in result.rows] == sorted((r[2] for r in result.rows), reverse=True)
    assert rows["Energy"][2] == pytest.approx(single.rows[0][2], rel=1e-12)


def test_industries_have_a_column_of_their_own(run: Run) -> None:
    result = run(ask("aggregate", "volatility", params={"group_by": "industry"}))
    assert result.columns[0].name == "industry"
    assert {row[0]: row[1] for row in result.rows}["Banks"] == 2


def test_growth_of_a_sector_is_a_line_of_the_portfolio(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("trend", "growth", sector="Energy", params={"aggregation": "portfolio"}))
    wanted = portfolio(closes, "portfolio").iloc[1:]
    assert [row[2] for row in result.rows] == pytest.approx(list(wanted), rel=1e-9)
    assert {row[1] for row in result.rows} == {"Energy"}


def test_a_portfolio_has_no_moving_averages(run: Run) -> None:
    with pytest.raises(UnplannableIntent, match="single stocks"):
        run(ask("aggregate", "rsi", sector="Energy", params={"aggregation": "portfolio"}))


@pytest.fixture
def own_prices(tmp_path: Path) -> Callable[[str], Market]:
    """Two stocks of somebody's own, with what is known of them as lines of CSV."""
    days = pd.bdate_range("2020-01-01", "2020-12-31")
    rising = pd.Series(range(100, 100 + len(days)))
    prices = pd.DataFrame({"date": days.strftime("%Y-%m-%d"), "ONE": rising, "TWO": rising * 2})
    prices.to_csv(tmp_path / "prices.csv", index=False)

    def loaded(companies: str) -> Market:
        (tmp_path / "tickers.csv").write_text(companies)
        load([tmp_path / "prices.csv"], tmp_path / "market", tmp_path / "tickers.csv")
        return Market(tmp_path / "market")

    return loaded


BY_SECTOR = [
    ask("rank", "total_return", window=ALL, params={"group_by": "sector"}),
    ask("aggregate", "total_return", window=ALL, params={"group_by": "sector"}),
    ask("aggregate", "total_return", window=ALL,
        params={"group_by": "sector", "aggregation": "portfolio"}),
]  # fmt: skip


@pytest.mark.parametrize("intent", BY_SECTOR)
def test_a_stock_without_a_sector_makes_none_of_its_own(
    intent: Intent, own_prices: Callable[[str], Market]
) -> None:
    market = own_prices("ticker,sector\nONE,Energy\nTWO,\n")
    [row] = Execution(plan(intent, market.facts()), market).run().rows
    assert "Energy" in row


@pytest.mark.parametrize("intent", BY_SECTOR)
def test_prices_without_any_sector_are_not_grouped(
    intent: Intent, own_prices: Callable[[str], Market]
) -> None:
    with pytest.raises(UnplannableIntent, match="which sector"):
        plan(intent, own_prices("ticker\nONE\nTWO\n").facts())
