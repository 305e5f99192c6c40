"""The market data as the rest of `analysis` sees it: facts about it, and read-only cursors.

The data lives in `<directory>/market-<version>.duckdb`; the file `current` beside it holds the
version and is swapped atomically, so loading while others read is safe (`market_import` writes).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections.abc import Mapping
from pathlib import Path

import duckdb

from analysis.errors import MarketDataBroken, MarketDataMissing

POINTER = "current"

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
    """What can be asked about: who, from when, to when. `version` changes with the content."""

    companies: tuple[Company, ...]
    first_date: dt.date
    last_date: dt.date
    version: str
    first_dates: Mapping[str, dt.date] = dataclasses.field(default_factory=dict)

    def company(self, ticker: str) -> Company | None:
        return next((c for c in self.companies if c.ticker == ticker), None)

    def stocks(self) -> tuple[Company, ...]:
        return tuple(c for c in self.companies if c.kind == "stock")


class Market:
    """The data of one directory; safe to share between threads.

    Raises `MarketDataMissing` where nothing is loaded and `MarketDataBroken` where the file
    cannot be read.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory)
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._version = ""
        self._facts: MarketFacts | None = None

    def ensure_sample(self) -> None:
        """Loads the sample that ships with the product, if nothing is loaded yet."""
        if (self.directory / POINTER).exists():
            return
        from analysis.market_import import load_sample  # it imports this module

        load_sample(self.directory)

    def facts(self) -> MarketFacts:
        """Read once per version."""
        connection, version = self._open()
        with self._lock:
            if self._facts is None or self._facts.version != version:
                self._facts = read_facts(connection.cursor(), version)
            return self._facts

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A read-only cursor of its own: one query at a time, interrupted on its own."""
        return self._open()[0].cursor()

    def file(self) -> Path:
        """The database file that is current now."""
        return database_file(self.directory, self.version())

    def version(self) -> str:
        try:
            return (self.directory / POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise MarketDataMissing() from None

    def _open(self) -> tuple[duckdb.DuckDBPyConnection, str]:
        version = self.version()
        with self._lock:
            if self._connection is None or self._version != version:
                # The old connection is not closed: its cursors may still be reading.
                self._connection = connect(database_file(self.directory, version))
                self._version = version
            return self._connection, version


def database_file(directory: Path, version: str) -> Path:
    return directory / f"market-{version}.duckdb"


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection that reaches nothing but `path`."""
    if not path.exists():
        raise MarketDataMissing()
    try:
        return duckdb.connect(str(path), read_only=True, config=READER_CONFIG)
    except duckdb.Error as error:
        raise MarketDataBroken() from error


def read_facts(cursor: duckdb.DuckDBPyConnection, version: str) -> MarketFacts:
    try:
        rows = cursor.execute(
            "SELECT ticker, name, short_name, sector, industry, kind, aliases, first_date, "
            "last_date FROM companies ORDER BY position"
        ).fetchall()
    except duckdb.Error as error:
        raise MarketDataBroken() from error
    if not rows:
        raise MarketDataBroken()
    return MarketFacts(
        companies=tuple(Company(*row[:6], aliases=tuple(row[6])) for row in rows),
        first_date=min(row[7] for row in rows),
        last_date=max(row[8] for row in rows),
        version=version,
        first_dates={row[0]: row[7] for row in rows},
    )
