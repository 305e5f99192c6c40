"""Builds a market database from price files: all or nothing, beside whatever is being read.

The version is a hash of what was loaded, so the same files give the same version and every other
content gives another, which is what the cache of answers relies on.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from analysis import script_files
from analysis.errors import MarketDataBroken, MarketDataMissing, PricesRejected
from analysis.market_facts import Company, connect, read_facts
from analysis.market_files import current_version, database_file, publish, version_name
from analysis.price_checks import Problem, order_problems, row_problems
from analysis.price_files import stage
from analysis.tickers_file import read_tickers

SAMPLE = Path(__file__).parent / "data"
STEPS = {"week": "weeks", "month": "months", "quarter": "quarters", "year": "years"}
INDEX_SYMBOLS = ("SP500", "SPX", "^GSPC")


@dataclasses.dataclass(frozen=True, slots=True)
class Loaded:
    """What an import did."""

    version: str
    prices: int
    tickers: int
    first_date: dt.date
    last_date: dt.date


def load_sample(directory: Path) -> Loaded:
    """Loads the sample that ships with the product (`data/README.md` says where it is from)."""
    return _load([SAMPLE / "prices.parquet"], directory, SAMPLE / "tickers.csv", sample=True)


def load(files: Sequence[Path], directory: Path, tickers: Path | None = None) -> Loaded:
    """Replaces the data of `directory`. Raises `PricesRejected` and leaves it as it was."""
    return _load(files, directory, tickers, sample=False)


def _load(files: Sequence[Path], directory: Path, tickers: Path | None, *, sample: bool) -> Loaded:
    directory.mkdir(parents=True, exist_ok=True)
    listed = read_tickers(tickers) if tickers else None
    digest = _digest([*files, *([tickers] if tickers else [])])
    version = version_name(digest, sample=sample)
    known = listed if listed is not None else _known(directory)
    with tempfile.TemporaryDirectory(dir=directory, prefix="import-") as folder:
        built = Path(folder) / "market.duckdb"
        _build(built, Path(folder), list(files), known, listed is not None)
        loaded = _summary(built, version)
        publish(directory, built, version)
    return loaded


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        if not path.is_file():
            raise PricesRejected(f"{path.name}: there is no such file.")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _known(directory: Path) -> tuple[Company, ...]:
    """Without a tickers file, names and sectors that were loaded before stay."""
    version = current_version(directory)
    if version is None:
        return ()
    try:
        return read_facts(connect(database_file(directory, version)), version).companies
    except (MarketDataBroken, MarketDataMissing):
        return ()


def _build(
    built: Path,
    folder: Path,
    files: list[Path],
    known: tuple[Company, ...],
    closed: bool,
) -> None:
    with duckdb.connect(str(built), config={"temp_directory": str(folder / "spill")}) as writer:
        stage(writer, files)
        _list_companies(writer, known)
        _reject(row_problems(writer, closed))
        if not closed:
            _list_unknown(writer, len(known))
        writer.execute(script_files.load("import/checked").body)
        _reject(order_problems(writer))
        _create_tables(writer)


def _list_companies(writer: duckdb.DuckDBPyConnection, known: tuple[Company, ...]) -> None:
    writer.execute(
        "CREATE TABLE listed (position INTEGER, ticker VARCHAR, name VARCHAR, "
        "short_name VARCHAR, sector VARCHAR, industry VARCHAR, kind VARCHAR, aliases VARCHAR[])"
    )
    rows = [
        [number, c.ticker, c.name, c.short_name, c.sector, c.industry, c.kind, list(c.aliases)]
        for number, c in enumerate(known)
    ]
    if rows:
        writer.executemany("INSERT INTO listed VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _list_unknown(writer: duckdb.DuckDBPyConnection, position: int) -> None:
    """A ticker that nobody described goes by its symbol."""
    writer.execute(
        "INSERT INTO listed SELECT $position + row_number() OVER (ORDER BY ticker), ticker, "
        "ticker, ticker, '', '', if(ticker = ANY($indices), 'index', 'stock'), [] "
        "FROM (SELECT DISTINCT ticker FROM staged WHERE ticker NOT IN "
        "(SELECT ticker FROM listed))",
        {"position": position, "indices": list(INDEX_SYMBOLS)},
    )


def _reject(problems: list[Problem]) -> None:
    if problems:
        lines = "\n".join(str(problem) for problem in problems)
        raise PricesRejected(f"The prices have errors; nothing was loaded.\n{lines}")


def _create_tables(writer: duckdb.DuckDBPyConnection) -> None:
    writer.execute(script_files.load("import/prices").body)
    writer.execute("DROP TABLE staged; DROP TABLE checked; DROP TABLE trading_days")
    periods = script_files.load("import/periods").body
    for period, table in STEPS.items():
        writer.execute(periods.format(period=period, table=table))
    writer.execute(script_files.load("import/blocks").body)
    writer.execute(script_files.load("import/companies").body)
    writer.execute("DROP TABLE listed; CHECKPOINT")


def _summary(built: Path, version: str) -> Loaded:
    reader = connect(built)
    try:
        facts = read_facts(reader.cursor(), version)
        row = reader.execute("SELECT count(*) FROM prices").fetchone()
    finally:
        reader.close()
    prices = row[0] if row else 0
    return Loaded(version, prices, len(facts.companies), facts.first_date, facts.last_date)
