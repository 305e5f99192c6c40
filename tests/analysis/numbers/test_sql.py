"""The SQL of a result is the statement that anybody can run again."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

import duckdb
import pytest

from analysis.intent import SHAPES, Intent
from analysis.market import Market
from analysis.planner import SHAPES as PLANNED
from analysis.sandbox import Limits, SqlRun
from analysis.sql_literals import literal, rendered
from tests.analysis.conftest import Run
from tests.analysis.numbers.cases import CASES


def test_every_shape_is_planned_and_among_the_cases() -> None:
    assert set(PLANNED) == set(SHAPES)
    assert {intent.shape for intent in CASES} == set(SHAPES) - {"explain"}


@pytest.mark.parametrize("intent", CASES, ids=lambda i: f"{i.shape} {' '.join(i.metrics)[:40]}")
def test_the_sql_of_a_result_gives_the_same_rows_in_the_sandbox(
    intent: Intent, run: Run, market: Market
) -> None:
    result = run(intent)
    again = SqlRun(market.file(), result.sql, Limits(20_000, 4_000_000)).run()
    assert not again.truncated
    assert [column.name for column in again.columns] == [column.name for column in result.columns]
    assert len(again.rows) == len(result.rows) > 0
    for row, wanted in zip(again.rows, result.rows, strict=True):
        assert list(row) == [near(value) for value in wanted]
    json.dumps(again.rows, allow_nan=False)


def near(value: Any) -> Any:
    """Sums over threads may differ in the last digits; dates come back as ISO strings."""
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-9, abs=1e-12)
    return value.isoformat() if isinstance(value, dt.date) else value


@pytest.mark.parametrize("intent", CASES, ids=lambda i: f"{i.shape} {' '.join(i.metrics)[:40]}")
def test_rows_fit_their_columns_and_json(intent: Intent, run: Run) -> None:
    result = run(intent)
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "number": (float,),
        "integer": (int,),
        "date": (dt.date,),
        "boolean": (bool,),
    }
    for row in result.rows:
        for column, value in zip(result.columns, row, strict=True):
            assert value is None or isinstance(value, kinds[column.type]), column
            assert not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize(
    "value",
    [
        None, True, 7, -3, 0.05, 1e-300, 0.1 + 0.2, 1e22, dt.date(2020, 2, 29), "plain",
        "O'Neill'; DROP TABLE prices; --", "$start", "a\\b\n☃", ["KO", "x'y"], [],
    ],
    ids=repr,
)  # fmt: skip
def test_a_literal_is_the_value_that_would_have_been_bound(value: Any) -> None:
    row = duckdb.connect().execute(f"SELECT {literal(value)}, typeof({literal(value)})").fetchone()
    assert row is not None
    assert row[0] == value
    if isinstance(value, float):
        assert row[1] == "DOUBLE"


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), object()], ids=["nan", "inf", "object"]
)
def test_what_has_no_literal_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        literal(value)


def test_only_parameters_are_replaced() -> None:
    sql = "SELECT '$end', \"$end\", $end -- $end"
    assert rendered(sql, {"end": 1}) == "SELECT '$end', \"$end\", 1 -- $end"


def test_names_of_people_s_choosing_stay_text(market: Market) -> None:
    """A ticker file may hold anything; it only ever reaches SQL as a parameter."""
    cursor = market.cursor()
    evil = "x' OR '1'='1"
    sql = "SELECT count(*) FROM companies WHERE ticker = ANY($tickers)"
    bound = cursor.execute(sql, {"tickers": [evil]}).fetchone()
    shown = cursor.execute(rendered(sql, {"tickers": [evil]})).fetchone()
    assert bound == shown == (0,)
