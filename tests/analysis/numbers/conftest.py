"""The sample's closes as pandas sees them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from analysis.market_facts import MarketFacts

SAMPLE = Path(__file__).parents[3] / "analysis" / "data" / "prices.parquet"


@pytest.fixture(scope="session")
def closes() -> pd.DataFrame:
    """A column for each ticker, a row for each trading day; read from the file, not the market."""
    rows = duckdb.connect().execute(f"SELECT * FROM '{SAMPLE}'").df()
    rows["date"] = pd.to_datetime(rows["date"])
    return rows.pivot(index="date", columns="ticker", values="adj_close")


@pytest.fixture(scope="session")
def last_date(facts: MarketFacts) -> dt.date:
    return facts.last_date
