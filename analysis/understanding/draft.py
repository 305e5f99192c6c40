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
    tickers: list[str] = dataclasses.field(default_factory=list)
    sectors: list[str] = dataclasses.field(default_factory=list)
    industries: list[str] = dataclasses.field(default_factory=list)
    exclude: list[str] = dataclasses.field(default_factory=list)
    metrics: list[str] = dataclasses.field(default_factory=list)
    conditions: list[Condition] = dataclasses.field(default_factory=list)
    window: Window | None = None
    windows: list[Window] = dataclasses.field(default_factory=list)
    averages: list[int] = dataclasses.field(default_factory=list)  # days of moving averages
    averaged: bool = False
    common: bool = False
    joining: bool = False
    returned: list[str] = dataclasses.field(default_factory=list)  # left out before, back again
    ranking: bool = False
    average: str | None = None
    position: int | None = None  # "the second highest"
    each: bool = False  # the first of each group
    any_of: bool = False  # one of the conditions is enough
    bound_at: list[tuple[int, int]] = dataclasses.field(default_factory=list)
    window_at: list[tuple[int, int]] = dataclasses.field(default_factory=list)
    side_by_side: bool = False  # stretches of time that a follow-up sets beside each other
    expanded: bool = False  # the members of a sector stand in its place
    joined_windows: bool = False
    universe: bool = False
    invest_said: bool = False
    calendar: bool = False
    extreme: bool = False
    ranked: str | None = None
    listed: str | None = None
    subject: int | None = None  # the item that the latest condition was about
    rolling: bool = False
    amount: float | None = None
    invested: bool = False
    days: list[Span] = dataclasses.field(default_factory=list)  # single days
    spans: list[Span] = dataclasses.field(default_factory=list)  # stretches named by themselves
    side: str | None = None  # "high" or "low" as said, before the metric is known
    limit: int | None = None
    period: str | None = None
    group_by: str | None = None
    vague: str | None = None  # best, worst, safest, riskiest
    move: str | None = None
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    assumptions: list[Assumption] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)
    overrides: dict[str, str] = dataclasses.field(default_factory=dict)

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
