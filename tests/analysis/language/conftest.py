"""The facts of the sample, from its tickers file: understanding reads no prices."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from analysis.market_facts import Company, MarketFacts

TICKERS = Path(__file__).parents[3] / "analysis" / "data" / "tickers.csv"


@pytest.fixture(scope="session")
def facts() -> MarketFacts:
    with TICKERS.open(encoding="utf-8") as file:
        companies = [_company(row) for row in csv.DictReader(file)]
    first, last = dt.date(1990, 1, 2), dt.date(2022, 12, 28)
    starts = {company.ticker: first for company in companies}
    return MarketFacts(tuple(companies), first, last, "the sample, by name", starts)


def _company(row: dict[str, str]) -> Company:
    aliases = tuple(filter(None, row.pop("aliases").split("|")))
    return Company(**row, aliases=aliases)
