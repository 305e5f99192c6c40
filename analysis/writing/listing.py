"""Sentences for lists: which tickers, sectors, dates, metrics or episodes there are."""

from __future__ import annotations

from typing import Any

from analysis.formats import counted, date, integer, listed
from analysis.lexicon import loader as lexicon
from analysis.metrics import METRICS
from analysis.writing.material import Material, Row

_MOST = 50  # names in a sentence; the table has them all


def listing(material: Material) -> str:
    of = str(material.intent.param("of", "tickers"))
    if of == "dates":
        return _dates(material)
    names = _names(material, of)
    if not names:
        return f"The data has no {of} that fit"
    if of == "tickers" and material.intent.tickers and material.rows:
        return listed([_member(material, row) for row in material.rows], most=_MOST)
    return f"{_count(material, of, len(names))}: {listed(names, most=_MOST)}"


def _dates(material: Material) -> str:
    facts, tickers = material.facts, material.intent.tickers
    first = [facts.first_dates.get(ticker, facts.first_date) for ticker in tickers]
    start = min(first, default=facts.first_date)
    who = f" of {listed([material.name(ticker) for ticker in tickers])}" if tickers else ""
    days = material.rows[0].get("trading_days") if material.rows else None
    many = f", {integer(days)} trading days" if days and not tickers else ""
    return f"The prices{who} run from {date(start)} to {date(facts.last_date)}{many}"


def _names(material: Material, of: str) -> list[str]:
    """From the table where it has them, otherwise from what the product knows."""
    column = {"tickers": "ticker", "sectors": "sector", "industries": "industry"}.get(of, "name")
    if material.rows:
        key = column if column in material.formats else material.result.columns[0].name
        return list(dict.fromkeys(str(row[key]) for row in material.rows if row[key]))
    if of == "episodes":
        return [_episode(item) for item in lexicon.read("windows")["episodes"].values()]
    if of == "metrics":
        return [item.label for item in METRICS.values()]
    companies = material.facts.companies
    return list(dict.fromkeys(v for c in companies if (v := getattr(c, column, ""))))


def _episode(item: dict[str, Any]) -> str:
    return f"{item['label']} ({item['start']} to {item['end']})"


def _member(material: Material, row: Row) -> str:
    """Which sector and industry a stock that was named belongs to."""
    name, sector = material.name(row["ticker"]), row.get("sector")
    if not sector:
        return f"{name} belongs to no sector"
    return f"{name} belongs to the sector {sector} (industry: {row['industry']})"


def _count(material: Material, of: str, found: int) -> str:
    if of == "tickers" and not _narrowed(material):
        return _everyone(material)
    if of == "tickers":
        return f"There {'is' if found == 1 else 'are'} {found} {_tickers(material, found)}"
    singular = {"industries": "industry"}.get(of, of.removesuffix("s"))
    return f"There {'is' if found == 1 else 'are'} {found} {singular if found == 1 else of}"


def _narrowed(material: Material) -> bool:
    intent = material.intent
    return bool(intent.tickers or intent.sector or intent.industry or intent.exclude)


def _everyone(material: Material) -> str:
    """The index is no stock."""
    tickers = [str(row["ticker"]) for row in material.rows]
    indexes = [ticker for ticker in tickers if material.is_index(ticker)]
    stocks = len(tickers) - len(indexes)
    also = f" and {listed([material.short(ticker) for ticker in indexes])}" if indexes else ""
    return f"There are {counted(stocks, 'stock')}{also}"


def _tickers(material: Material, found: int) -> str:
    intent = material.intent
    group = intent.industry or intent.sector
    what = "ticker" if found == 1 else "tickers"
    return f"{what} in {group}" if group else what
