"""What a sentence is made of: an intent, its result, the facts, and what is often asked of them."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.formats import MISSING, figure, listed, ordinal
from analysis.intent import Condition, Intent, Window
from analysis.result import Result
from analysis.writing import periods, wording

if TYPE_CHECKING:
    from analysis.market_facts import Company, MarketFacts

Row = dict[str, Any]

# An index is counted in points, not in dollars.
INDEX_POINTS = {
    "price", "sma_50", "sma_200", "bollinger_upper", "bollinger_lower", "macd", "macd_signal",
    "macd_histogram",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Material:
    """All that a sentence may quote; `previous` is the question before, with its table."""

    intent: Intent
    result: Result
    facts: MarketFacts
    previous: tuple[Intent, Result] | None = None

    @cached_property
    def rows(self) -> list[Row]:
        names = [column.name for column in self.result.columns]
        return [dict(zip(names, row, strict=True)) for row in self.result.rows]

    @cached_property
    def formats(self) -> dict[str, str]:
        return {column.name: column.format for column in self.result.columns}

    @cached_property
    def companies(self) -> dict[str, Company]:
        return {company.ticker: company for company in self.facts.companies}

    @property
    def metric(self) -> str:
        """The first metric that the table has; a null CAGR gives way to the total return."""
        named = [name for name in self.intent.metrics if name in self.formats]
        first = named[0] if named else next(iter(self.measured), "")
        return self.standing_in(first)

    def standing_in(self, name: str) -> str:
        empty = all(row.get(name) is None for row in self.rows)
        if name == "cagr" and empty and "total_return" in self.formats:
            return "total_return"
        return name

    @property
    def stands_in(self) -> bool:
        """Whether a total return is told because there is no CAGR."""
        asked = (*self.intent.metrics, *(item.metric for item in self.intent.conditions))
        return "cagr" in asked and self.standing_in("cagr") != "cagr"

    @property
    def measured(self) -> list[str]:
        """Columns that hold figures, in the order of the table."""
        return [n for n, kind in self.formats.items() if kind in ("percent", "ratio", "money")]

    @property
    def metrics(self) -> list[str]:
        """The metrics asked for, as far as the table has them, without doubles."""
        asked = [name for name in self.intent.metrics if name in self.formats] or self.measured
        return list(dict.fromkeys(self.standing_in(name) for name in asked))

    @property
    def window(self) -> str:
        windows = self.intent.windows or (self.intent.window,)
        return listed([periods.phrase(window, self.facts) for window in windows])

    def within(self, window: Window) -> Material:
        """The same as if only this stretch of time had been asked about."""
        return dataclasses.replace(
            self, intent=dataclasses.replace(self.intent, window=window, windows=())
        )

    def when(self, name: str) -> str:
        """The window, or the day for a figure of one day."""
        if wording.of_one_day(name):
            return periods.moment(self.intent.window, self.facts)
        return self.window

    def name(self, ticker: str) -> str:
        """ "Range Resources (RRC)", "AMD", "the S&P 500"."""
        company = self.companies.get(ticker)
        if company is None:
            return str(ticker)
        name = company.short_name or company.name or ticker
        if company.kind == "index":
            return f"the {name}"
        return ticker if name == ticker else f"{name} ({ticker})"

    def is_index(self, ticker: str) -> bool:
        company = self.companies.get(ticker)
        return company is not None and company.kind == "index"

    def short(self, ticker: str) -> str:
        company = self.companies.get(ticker)
        return f"the {company.short_name}" if company and company.kind == "index" else str(ticker)

    def noun(self, name: str) -> str:
        return wording.noun(name, self.intent) + self.against(name)

    def against(self, name: str) -> str:
        """Figures that need a benchmark name it."""
        if not wording.needs_benchmark(name) or self.intent.shape in ("pairs", "matrix"):
            return ""
        joint = "with" if name == "correlation" else "against"
        return f" {joint} {self.name(self.intent.benchmark)}"

    def text(self, row: Row, column: str) -> str:
        """The figure with its unit: "70.4 % a year"."""
        kind = self.formats.get(column, "text")
        if column in INDEX_POINTS and self.is_index(row.get("ticker", "")):
            kind = "ratio"
        value = figure(row.get(column), kind)
        return value if value == MISSING else value + wording.unit(column)

    @property
    def conditions(self) -> str:
        terms = [
            dataclasses.replace(
                item, metric=self.standing_in(item.metric), against=self._whose(item)
            )
            for item in self.intent.conditions
        ]
        joint = "or" if self.intent.param("any") else "and"
        return listed([wording.condition(item, self.intent) for item in terms], joint=joint)

    def _whose(self, item: Condition) -> str | None:
        return item.against and self.short(item.against)

    @property
    def place(self) -> str:
        """ "second " where the order was asked for from that place on."""
        position = int(self.intent.param("position", 1))
        return f"{ordinal(position)} " if position > 1 else ""

    @property
    def scope(self) -> str:
        """ "Energy stocks", "stocks without XOM": who takes part, in the plural."""
        intent = self.intent
        group = f"{intent.sector} stocks" if intent.sector else "stocks"
        if intent.tickers and intent.shape == "screen":
            group = f"stocks among {listed([self.short(t) for t in intent.tickers], most=8)}"
        if intent.industry:
            group = f"stocks in {intent.industry}"
        without = listed([self.short(ticker) for ticker in intent.exclude])
        return f"{group} without {without}" if without else group
