"""One analysis on its way through the steps, and what a step may say to the runner."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

from analysis.intent import Intent, Question, Refusal
from analysis.market import Market, MarketFacts
from analysis.models import Analysis
from analysis.planner import Plan
from analysis.providers.base import Meaning, Provider
from analysis.result import Result
from progress.service import Unsupported


class Line(NamedTuple):
    """A log line of the analysis."""

    message: str
    level: str = "info"


class Share(NamedTuple):
    """How much of the running step is done, 0 to 1."""

    value: float


class Ask(NamedTuple):
    """The run needs the person; the runner parks it and gives the answer in `Work.overrides`."""

    question: Question


Said = Line | Share | Ask


@dataclasses.dataclass
class Work:
    """One analysis on its way through the steps."""

    analysis: Analysis
    market: Market
    provider: Provider
    overrides: dict[str, str]
    on_cancel: Callable[[Callable[[], None]], None]
    is_new_session: bool = False
    resumed: bool = False
    facts: MarketFacts | None = None
    previous: Intent | None = None
    meaning: Meaning | None = None
    plan: Plan | None = None
    result: Result | None = None
    outcome: dict[str, Any] | None = None  # set from the cache, or by the last step

    @property
    def intent(self) -> Intent:
        assert isinstance(self.meaning, Intent)
        return self.meaning

    @property
    def known_facts(self) -> MarketFacts:
        assert self.facts is not None
        return self.facts


class OutOfScope(Unsupported):
    """The question was refused, with a reason and a way on."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal
