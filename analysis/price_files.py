"""Reads price files, CSV or Parquet, long or wide, into one `staged` table without judging them.

Long: a row is (ticker, date, price). Wide: a row is a date, and every other column a ticker; an
empty cell means that there is no price. What cannot be read as a date or number is kept as text
in `bad_date` and `bad_price` for `price_checks` to report with its line.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb

from analysis.errors import PricesRejected
from analysis.sql_literals import literal

TICKER_NAMES = ("ticker", "symbol")
DATE_NAMES = ("date", "day")
PRICE_NAMES = ("adj_close", "adj close", "adjusted_close", "adjusted close", "close", "price")

_LINE = re.compile(r"Line: ([0-9]+)")
CREATE_STAGED = """
CREATE TABLE staged (file VARCHAR, line BIGINT, ticker VARCHAR, date DATE, adj_close DOUBLE,
                     bad_date VARCHAR, bad_price VARCHAR)
"""


def stage(connection: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
    """Creates and fills `staged`. Raises `PricesRejected` for a file that has no such shape."""
    connection.execute(CREATE_STAGED)
    for path in paths:
        columns = _read_raw(connection, path)
        _stage_columns(connection, path, columns)
        connection.execute("DROP TABLE raw")


def _read_raw(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Creates `raw` with the file's own columns; the row id is its order in the file."""
    if not path.is_file():
        raise PricesRejected(f"{path.name}: there is no such file.")
    try:
        connection.execute(f"CREATE TABLE raw AS SELECT * FROM {_reader(path)}", [str(path)])
    except duckdb.Error as error:
        raise PricesRejected(f"{path.name}: {_unreadable(path, str(error))}.") from error
    return [row[0] for row in connection.execute("DESCRIBE raw").fetchall()]


def _unreadable(path: Path, message: str) -> str:
    """DuckDB names the line of a CSV file at which it gave up."""
    kind = "CSV" if _is_csv(path) else "Parquet"
    line = _LINE.search(message)
    return f"it cannot be read as {kind}" + (f" at line {line[1]}" if line else "")


def _reader(path: Path) -> str:
    if _is_csv(path):
        return _csv_reader(path)
    if path.suffix.lower() == ".parquet":
        return "read_parquet(?)"
    raise PricesRejected(f"{path.name}: prices are read from .csv and .parquet files only.")


def _csv_reader(path: Path) -> str:
    """Everything as text, and nothing guessed: DuckDB would skip lines that do not fit."""
    delimiter, names = _header(path)
    twice = [name for number, name in enumerate(names) if name in names[:number]]
    if twice:
        raise PricesRejected(f"{path.name}: the column {twice[0]} is there twice.")
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv(?, columns={{{columns}}}, delim='{delimiter}', header=true, "
        "auto_detect=false, quote='\"', nullstr='', strict_mode=true)"
    )


def _header(path: Path) -> tuple[str, list[str]]:
    """The delimiter, whichever of three occurs most, and the names of the columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline(1_000_000)
    except UnicodeDecodeError as error:
        raise PricesRejected(f"{path.name}: it cannot be read as CSV.") from error
    if not first.strip():
        raise PricesRejected(f"{path.name}: the file is empty.")
    delimiter = max((",", ";", "\t"), key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    return delimiter, [name.strip() for name in names]


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _stage_columns(connection: duckdb.DuckDBPyConnection, path: Path, columns: list[str]) -> None:
    date = _find(columns, DATE_NAMES)
    ticker = _find(columns, TICKER_NAMES)
    if date is None:
        raise PricesRejected(f"{path.name}: there is no date column.")
    source = _long(path, columns, date, ticker) if ticker else _wide(columns, date)
    first_line = 2 if _is_csv(path) else 1  # line 1 of a CSV file is its header
    connection.execute(_INSERT.format(source=source), {"file": path.name, "first": first_line})


_INSERT = """
INSERT INTO staged
SELECT $file, line + $first, trim(ticker), TRY_CAST(date AS DATE) AS parsed_date,
       TRY_CAST(price AS DOUBLE) AS parsed_price,
       CASE WHEN parsed_date IS NULL THEN coalesce(date::VARCHAR, '') END,
       CASE WHEN parsed_price IS NULL THEN coalesce(price::VARCHAR, '') END
FROM ({source})
"""


def _find(columns: list[str], names: tuple[str, ...]) -> str | None:
    by_name = {column.strip().lower(): column for column in columns}
    return next((by_name[name] for name in names if name in by_name), None)


def _long(path: Path, columns: list[str], date: str, ticker: str) -> str:
    price = _find(columns, PRICE_NAMES)
    if price is None:
        raise PricesRejected(f"{path.name}: there is no adj_close column.")
    unknown = [column for column in columns if column not in (date, ticker, price)]
    if unknown:
        raise PricesRejected(f"{path.name}: unknown column {', '.join(unknown)}.")
    return (
        f"SELECT rowid AS line, {_quoted(ticker)}::VARCHAR AS ticker, {_quoted(date)} AS date, "
        f"{_quoted(price)} AS price FROM raw"
    )


def _wide(columns: list[str], date: str) -> str:
    tickers = [column for column in columns if column != date]
    if not tickers:
        raise PricesRejected("The file has a date column, but no prices.")
    # Parquet columns may differ in type; text keeps every digit of a double.
    cells = ", ".join(f"{_quoted(name)}::VARCHAR AS {_quoted(name)}" for name in tickers)
    names = ", ".join(_quoted(name) for name in tickers)
    return (
        f"SELECT * FROM (SELECT rowid AS line, {_quoted(date)} AS date, {cells} FROM raw) "
        f"UNPIVOT (price FOR ticker IN ({names}))"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
