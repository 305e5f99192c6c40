"""The market data as the rest of `analysis` sees it: facts about it, and read-only cursors.

The data lives in `<directory>/market-<version>.duckdb`; the file `current` beside it holds the
version and is swapped atomically, so loading while others read is safe (`market_import` writes).
"""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb

from analysis.errors import MarketDataBroken, MarketDataMissing
from analysis.market_facts import Company, MarketFacts, connect, read_facts
from analysis.market_files import (
    current_version,
    database_file,
    is_current_revision,
    is_sample,
)
from analysis.market_import import load_sample

__all__ = ["Company", "Market", "MarketFacts"]


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
        """Loads the sample that ships with the product, unless newer or other data are there."""
        version = current_version(self.directory)
        if version is None or (is_sample(version) and not is_current_revision(version)):
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
        version = current_version(self.directory)
        if version is None:
            raise MarketDataMissing()
        if not is_current_revision(version):
            raise MarketDataBroken("The market data are of an older version; load them again.")
        return version

    def _open(self) -> tuple[duckdb.DuckDBPyConnection, str]:
        version = self.version()
        with self._lock:
            if self._connection is None or self._version != version:
                # The old connection is not closed: its cursors may still be reading.
                self._connection = connect(database_file(self.directory, version))
                self._version = version
            return self._connection, version
