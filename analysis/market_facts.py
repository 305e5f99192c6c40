"""What is known about the loaded market data, read from its database file."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import duckdb

from analysis.errors import MarketDataBroken, MarketDataMissing
from analysis.script_files import load

# What a reader may do to the process: nothing outside the database file.
READER_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Company:
    """One line of the tickers file; `kind` is stock or index, sectors of an index are empty."""

    ticker: str
    name: str
    short_name: str
    sector: str
    industry: str
    kind: str
    aliases: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class MarketFacts:
    """What can be asked about: who, from when, to when. `version` changes with the content.

    `still_until`: tickers whose price did not change on most days, and until when.
    """

    companies: tuple[Company, ...]
    first_date: dt.date
    last_date: dt.date
    version: str
    first_dates: Mapping[str, dt.date] = dataclasses.field(default_factory=dict)
    still_until: Mapping[str, dt.date] = dataclasses.field(default_factory=dict)

    def company(self, ticker: str) -> Company | None:
        return next((c for c in self.companies if c.ticker == ticker), None)

    def stocks(self) -> tuple[Company, ...]:
        return tuple(c for c in self.companies if c.kind == "stock")


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection that reaches nothing but `path`."""
    if not path.exists():
        raise MarketDataMissing()
    try:
        return duckdb.connect(str(path), read_only=True, config=READER_CONFIG)
    except duckdb.Error as error:
        raise MarketDataBroken() from error


def read_facts(cursor: duckdb.DuckDBPyConnection, version: str) -> MarketFacts:
    """Raises `MarketDataBroken` for a file without the tables, or without a company."""
    try:
        rows = cursor.execute(
            "SELECT ticker, name, short_name, sector, industry, kind, aliases, first_date, "
            "last_date FROM companies ORDER BY position"
        ).fetchall()
        still = cursor.execute(load("facts/still_prices").body).fetchall()
    except duckdb.Error as error:
        raise MarketDataBroken() from error
    if not rows:
        raise MarketDataBroken()
    return MarketFacts(
        companies=tuple(_company(*row[:7]) for row in rows),
        first_date=min(row[7] for row in rows),
        last_date=max(row[8] for row in rows),
        version=version,
        first_dates={row[0]: row[7] for row in rows},
        still_until=dict(still),
    )


def _company(
    ticker: str,
    name: str,
    short_name: str,
    sector: str,
    industry: str,
    kind: str,
    aliases: list[str],
) -> Company:
    return Company(ticker, name, short_name, sector, industry, kind, tuple(aliases))
