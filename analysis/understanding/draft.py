"""What the rules have found so far; the shapes turn a draft into an `Intent`."""

from __future__ import annotations

import dataclasses
from typing import Any

from analysis.intent import Assumption, Condition, Window
from analysis.market_facts import MarketFacts
from analysis.understanding.calendar import Span
from analysis.understanding.reading import Reading


@dataclasses.dataclass(slots=True)
class Draft:
    """Everything found in one question. Empty means "not said"."""

    reading: Reading
    facts: MarketFacts
    text: str

    # Who
    tickers: list[str] = dataclasses.field(default_factory=list)
    sectors: list[str] = dataclasses.field(default_factory=list)
    industries: list[str] = dataclasses.field(default_factory=list)
    exclude: list[str] = dataclasses.field(default_factory=list)
    returned: list[str] = dataclasses.field(default_factory=list)  # left out before, back again
    universe: bool = False  # stocks in general
    group_by: str | None = None  # sector or industry
    each: bool = False  # the first of each group
    expanded: bool = False  # the members of a sector stand in its place

    # What
    metrics: list[str] = dataclasses.field(default_factory=list)
    conditions: list[Condition] = dataclasses.field(default_factory=list)
    bound_at: list[tuple[int, int]] = dataclasses.field(default_factory=list)  # where they stand
    any_of: bool = False  # one of the conditions is enough
    subject: int | None = None  # the item that the latest condition was about
    average: str | None = None  # of many stocks: mean, median, portfolio or rebalanced
    averages: list[int] = dataclasses.field(default_factory=list)  # days of moving averages
    averaged: bool = False  # a moving average was named, with its days or without
    move: str | None = None  # up, down or loss
    rolling: bool = False
    amount: float | None = None  # dollars
    invested: bool = False  # a what-if
    invest_said: bool = False  # by a word that may mean once or every month

    # When
    window: Window | None = None
    windows: list[Window] = dataclasses.field(default_factory=list)
    window_at: list[tuple[int, int]] = dataclasses.field(default_factory=list)  # where they stand
    joined_windows: bool = False  # several of them are one question
    side_by_side: bool = False  # stretches of time that a follow-up sets beside each other
    days: list[Span] = dataclasses.field(default_factory=list)  # single days
    spans: list[Span] = dataclasses.field(default_factory=list)  # stretches named by themselves
    period: str | None = None  # day, week, month, quarter, year: a step, or what a record is of
    calendar: bool = False  # returns of calendar periods
    extreme: bool = False  # the best or worst day, month …

    # In which order
    side: str | None = None  # "high" or "low" as said, before the metric is known
    listed: str | None = None  # "top" or "bottom"
    vague: str | None = None  # best, worst, safest, riskiest, stable, wild
    ranked: str | None = None  # "gainers", "fell the most": the figure and its side in one word
    ranking: bool = False  # a word of ranking
    limit: int | None = None
    position: int | None = None  # "the second highest"

    # How, and what is told about it
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    overrides: dict[str, str] = dataclasses.field(default_factory=dict)
    assumptions: list[Assumption] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)
    joining: bool = False  # a follow-up that adds to the subjects before
    common: bool = False  # the words that all shapes share have been read

    def add_metric(self, name: str) -> None:
        if name not in self.metrics:
            self.metrics.append(name)

    @property
    def scoped(self) -> bool:
        return bool(self.sectors or self.industries)

    @property
    def stocks(self) -> list[str]:
        index = self.reading.names.index
        return [ticker for ticker in self.tickers if ticker != index]
