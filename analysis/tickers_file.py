"""Reads who the tickers are: names, sectors, aliases, and which of them is an index."""

from __future__ import annotations

import csv
from pathlib import Path

from analysis.errors import PricesRejected
from analysis.market_facts import Company

COLUMNS = ("ticker", "name", "short_name", "sector", "industry", "kind", "aliases")
KINDS = ("stock", "index")


def read_tickers(path: Path) -> tuple[Company, ...]:
    """Only `ticker` is required; aliases are separated by "|". Raises `PricesRejected`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_header(path, list(reader.fieldnames or ()))
            companies = [_company(path, reader.line_num, row) for row in reader]
    except FileNotFoundError:
        raise PricesRejected(f"{path.name}: there is no such file.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise PricesRejected(f"{path.name}: it cannot be read as CSV.") from error
    _check_unique(path, companies)
    return tuple(companies)


def _check_header(path: Path, names: list[str]) -> None:
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise PricesRejected(f"{path.name}: unknown column {', '.join(unknown)}.")
    if "ticker" not in names:
        raise PricesRejected(f"{path.name}: there is no ticker column.")


def _company(path: Path, line: int, row: dict[str, str | None]) -> Company:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    ticker, kind = cells["ticker"], cells["kind"] or "stock"
    if not ticker:
        raise PricesRejected(f"{path.name} line {line}: the ticker is missing.")
    if kind not in KINDS:
        raise PricesRejected(f"{path.name} line {line}: kind is stock or index, not {kind}.")
    name = cells["name"] or ticker
    aliases = tuple(alias.strip() for alias in cells["aliases"].split("|") if alias.strip())
    short_name = cells["short_name"] or name
    return Company(ticker, name, short_name, cells["sector"], cells["industry"], kind, aliases)


def _check_unique(path: Path, companies: list[Company]) -> None:
    seen: set[str] = set()
    for company in companies:
        if company.ticker in seen:
            raise PricesRejected(f"{path.name}: {company.ticker} is listed twice.")
        seen.add(company.ticker)
