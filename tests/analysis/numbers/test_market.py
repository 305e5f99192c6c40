"""Facts about the market, and data that change while they are read."""

from __future__ import annotations

import datetime as dt
import os
import threading
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from analysis.market import Company, Market
from analysis.market_files import KEPT_VERSIONS, POINTER
from analysis.market_import import load, load_sample

PRICES = "ticker,date,adj_close\nAA,2020-01-02,10\nAA,2020-01-03,{price}\n"


def test_the_facts_say_who_and_when(market: Market) -> None:
    facts = market.facts()
    assert len(facts.companies) == 21
    assert len(facts.stocks()) == 20
    assert (facts.first_date, facts.last_date) == (dt.date(1990, 1, 2), dt.date(2022, 12, 28))
    assert facts.company("JNJ") == Company(
        "JNJ",
        "Johnson & Johnson",
        "Johnson & Johnson",
        "Health Care",
        "Pharmaceuticals",
        "stock",
        ("johnson and johnson", "j&j", "johnson"),
    )
    assert facts.company("NOPE") is None
    assert market.facts() is facts


def test_prices_that_stood_still_on_most_days_are_known_from_the_data(
    market: Market, closes: pd.DataFrame
) -> None:
    still = closes.pct_change().eq(0)
    shares = still[closes.notna()].groupby(closes.index.year).mean()
    wanted = {
        ticker: dt.date(int(years.index.max()), 12, 31)
        for ticker in closes
        if len(years := shares[ticker][shares[ticker] > 0.5])
    }
    assert market.facts().still_until == wanted == {"RRC": dt.date(1992, 12, 31)}


def test_the_sample_is_loaded_once_and_other_data_are_left_alone(tmp_path: Path) -> None:
    market = Market(tmp_path / "market")
    market.ensure_sample()
    built = market.file().stat().st_mtime_ns
    market.ensure_sample()
    assert market.file().stat().st_mtime_ns == built
    file = tmp_path / "own.csv"
    file.write_text(PRICES.format(price=11))
    load([file], tmp_path / "market")
    market.ensure_sample()
    assert [company.ticker for company in market.facts().companies] == ["AA"]


def test_a_sample_of_an_older_build_is_loaded_again(tmp_path: Path) -> None:
    (tmp_path / POINTER).write_text("r0-sample-0123456789abcdef")
    market = Market(tmp_path)
    market.ensure_sample()
    assert len(market.facts().companies) == 21


def test_imports_at_the_same_time_leave_a_whole_market(tmp_path: Path) -> None:
    threads = [threading.Thread(target=load_sample, args=(tmp_path,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = Market(tmp_path).cursor().execute("SELECT count(*) FROM prices").fetchone()
    assert rows == (174_573,)
    assert sorted(os.listdir(tmp_path)) == [POINTER, Market(tmp_path).file().name]


def test_old_versions_are_removed_but_the_last_one_stays_for_slow_readers(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    market = Market(tmp_path / "market")
    for price in range(11, 16):
        file.write_text(PRICES.format(price=price))
        load([file], tmp_path / "market")
    assert len(list((tmp_path / "market").glob("*.duckdb"))) == KEPT_VERSIONS
    assert market.file().exists()


def test_a_reader_cannot_write_or_leave_the_file(market: Market) -> None:
    for sql in ("DELETE FROM prices", "SELECT * FROM read_text('/etc/hostname')", "INSTALL httpfs"):
        with pytest.raises(duckdb.Error):
            market.cursor().execute(sql)
