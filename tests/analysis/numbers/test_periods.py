"""Stretches of time side by side: each one as it would be alone."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from tests.analysis.conftest import Run
from tests.analysis.numbers import reference
from tests.analysis.numbers.asking import ask, between

CRISIS = dataclasses.replace(between("2007-10-09", "2009-03-09"), label="the crisis")
LATER = dataclasses.replace(between("2019-12-31", "2020-12-31"), label="2020")
FIGURES = ("volatility", "cagr", "max_drawdown", "beta", "rsi", "high_52w")


def test_every_stretch_has_its_own_figures(run: Run, closes: pd.DataFrame) -> None:
    result = run(ask("periods", *FIGURES, tickers=("KO", "AAPL"), windows=(CRISIS, LATER)))
    assert [row[:2] for row in result.rows] == [
        ("the crisis", "KO"), ("2020", "KO"), ("the crisis", "AAPL"), ("2020", "AAPL"),
    ]  # fmt: skip
    for label, ticker, _, *figures in result.rows:
        window = CRISIS if label == "the crisis" else LATER
        wanted = reference.figures(closes[ticker], closes["SP500"], window.start, window.end)
        for name, value in zip(FIGURES, figures, strict=True):
            assert value == pytest.approx(wanted[name], rel=1e-9), (label, ticker, name)


def test_a_short_stretch_shows_its_total_return_beside_the_missing_cagr(run: Run) -> None:
    weeks = dataclasses.replace(between("2020-02-19", "2020-03-23"), label="the crash")
    result = run(ask("periods", "cagr", tickers=("KO",), windows=(weeks, LATER)))
    assert [column.name for column in result.columns[3:]] == ["cagr", "total_return"]
    crash, year = result.rows
    assert crash[3] is None and crash[4] < 0
    assert year[3] is not None and year[4] is None
