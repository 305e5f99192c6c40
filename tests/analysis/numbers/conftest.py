"""The sample in a market of its own, and its closes as pandas sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from analysis.execution import Execution
from analysis.intent import Intent, Result
from analysis.market import Market, MarketFacts
from analysis.planner import plan

SAMPLE = Path(__file__).parents[3] / "analysis" / "data" / "prices.parquet"

Run = Callable[[Intent], Result]


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    market = Market(tmp_path_factory.mktemp("market"))
    market.ensure_sample()
    return market


@pytest.fixture(scope="session")
def facts(market: Market) -> MarketFacts:
    return market.facts()


@pytest.fixture(scope="session")
def run(market: Market, facts: MarketFacts) -> Run:
    return lambda intent: Execution(plan(intent, facts), market).run()


@pytest.fixture(scope="session")
def closes() -> pd.DataFrame:
    """A column for each ticker, a row for each trading day; read from the file, not the market."""
    rows = duckdb.connect().execute(f"SELECT * FROM '{SAMPLE}'").df()
    rows["date"] = pd.to_datetime(rows["date"])
    return rows.pivot(index="date", columns="ticker", values="adj_close")


@pytest.fixture(scope="session")
def last_date(facts: MarketFacts) -> dt.date:
    return facts.last_date
