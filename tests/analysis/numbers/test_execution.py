"""Cancelling, progress, and what a broken market says."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path

import pytest

from analysis.errors import MarketDataBroken, MarketDataMissing, QueryCancelled, QueryFailed
from analysis.execution import Execution
from analysis.market import Market
from analysis.market_files import POINTER
from analysis.planner import Plan, plan
from tests.analysis.numbers.asking import ask

# Endless in practice, and DuckDB cannot tell beforehand.
ENDLESS = "SELECT count(*) FROM prices a, prices b, prices c WHERE a.adj_close < b.adj_close"


@pytest.fixture
def endless(market: Market) -> Plan:
    return dataclasses.replace(plan(ask("rank", "volatility"), market.facts()), sql=ENDLESS)


def test_a_running_query_ends_when_it_is_cancelled(endless: Plan, market: Market) -> None:
    execution = Execution(endless, market)
    ended = threading.Event()

    def work() -> None:
        with pytest.raises(QueryCancelled):
            execution.run()
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    while execution.share() is None:  # the query runs from the first share on
        assert thread.is_alive()
    execution.cancel()
    assert ended.wait(30)


def test_what_is_cancelled_before_it_runs_does_not_run(endless: Plan, market: Market) -> None:
    execution = Execution(endless, market)
    execution.cancel()
    with pytest.raises(QueryCancelled):
        execution.run()


def test_a_share_lies_between_nothing_and_all(market: Market) -> None:
    execution = Execution(plan(ask("rank", "volatility"), market.facts()), market)
    assert execution.share() is None
    execution.run()
    share = execution.share()
    assert share is None or 0 <= share <= 1


def test_a_failing_query_shows_no_internals(endless: Plan, market: Market) -> None:
    broken = dataclasses.replace(endless, sql="SELECT nonsense FROM nowhere")
    with pytest.raises(QueryFailed) as caught:
        Execution(broken, market).run()
    assert "nowhere" not in str(caught.value)


def test_queries_run_beside_each_other(market: Market) -> None:
    intent = ask("rank", "volatility")
    rows: list[object] = []

    def work() -> None:
        rows.append(Execution(plan(intent, market.facts()), market).run().rows)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows) == 8
    assert all(row == rows[0] for row in rows)


def test_no_data_and_broken_data_have_errors_of_their_own(tmp_path: Path, market: Market) -> None:
    with pytest.raises(MarketDataMissing, match="load_prices"):
        Market(tmp_path).facts()
    (tmp_path / POINTER).write_text(market.version())
    with pytest.raises(MarketDataMissing):
        Market(tmp_path).facts()
    (tmp_path / market.file().name).write_bytes(b"this is not a database" * 1000)
    with pytest.raises(MarketDataBroken, match="load the prices again"):
        Market(tmp_path).facts()


def test_data_of_an_older_build_have_to_be_loaded_again(tmp_path: Path) -> None:
    (tmp_path / POINTER).write_text("r0-0123456789abcdef")
    with pytest.raises(MarketDataBroken, match="older version"):
        Market(tmp_path).facts()


def test_a_truncated_file_is_called_broken(tmp_path: Path, market: Market) -> None:
    whole = market.file().read_bytes()
    (tmp_path / POINTER).write_text(market.version())
    (tmp_path / market.file().name).write_bytes(whole[: len(whole) // 2])
    broken = Market(tmp_path)
    with pytest.raises((MarketDataBroken, QueryFailed)):
        Execution(plan(ask("rank", "volatility"), broken.facts()), broken).run()
