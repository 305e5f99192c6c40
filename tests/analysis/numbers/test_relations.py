"""Correlations of pairs and matrices."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.errors import UnplannableIntent
from tests.analysis.conftest import Run
from tests.analysis.numbers import reference
from tests.analysis.numbers.asking import FIVE_YEARS, LAST, ask


@pytest.fixture(scope="module")
def correlations(closes: pd.DataFrame) -> pd.DataFrame:
    return reference.cut(closes.pct_change(), FIVE_YEARS.start, LAST).corr()


def test_the_most_correlated_pairs_name_each_pair_once(
    run: Run, correlations: pd.DataFrame
) -> None:
    result = run(ask("pairs", limit=200))
    assert len(result.rows) == 190
    for a, b, value in result.rows:
        assert a < b
        assert value == pytest.approx(correlations.loc[a, b], rel=1e-9)
    values = [row[2] for row in result.rows]
    assert values == sorted(values, reverse=True)


def test_one_ticker_is_paired_with_all_the_others(run: Run, correlations: pd.DataFrame) -> None:
    result = run(ask("pairs", tickers=("KO",), limit=3))
    wanted = correlations["KO"].drop(["KO", "SP500"]).nlargest(3)
    assert [(row[0], row[1]) for row in result.rows] == [("KO", name) for name in wanted.index]


def test_two_tickers_are_one_pair_and_the_index_joins_when_asked(
    run: Run, correlations: pd.DataFrame
) -> None:
    pair = run(ask("pairs", tickers=("PEP", "KO")))
    index = run(ask("pairs", tickers=("AAPL",), params={"with_index": True}))
    assert [row[:2] for row in pair.rows] == [("KO", "PEP")]
    assert [row[:2] for row in index.rows] == [("AAPL", "SP500")]
    assert index.rows[0][2] == pytest.approx(correlations.loc["AAPL", "SP500"], rel=1e-9)


def test_a_matrix_has_every_cell(run: Run, correlations: pd.DataFrame) -> None:
    result = run(ask("matrix", sector="Health Care"))
    names = {row[0] for row in result.rows}
    assert len(result.rows) == len(names) ** 2
    for a, b, value in result.rows:
        assert value == pytest.approx(correlations.loc[a, b], rel=1e-9)


def test_one_ticker_has_no_matrix(run: Run) -> None:
    with pytest.raises(UnplannableIntent, match="two"):
        run(ask("matrix", tickers=("KO",)))
