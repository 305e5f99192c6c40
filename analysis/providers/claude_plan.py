"""What Claude may say about a question, and the Intent that it becomes if every word is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import BaseModel, Field

from analysis.errors import AnalysisError
from analysis.intent import PARAMETERS, SHAPES, Condition, Intent, Operator, Order
from analysis.market_facts import MarketFacts
from analysis.metrics import METRICS
from analysis.planner import plan
from analysis.providers.base import ProviderFailed
from analysis.understanding.periods import hull
from analysis.understanding.question import understand


class PlannedCondition(BaseModel):
    metric: str
    op: Operator
    value: float = Field(0.0, description="a fraction: 5 % is 0.05")
    upper: float | None = None
    against: str | None = Field(None, description="a ticker whose own figure is the bound")


class PlannedParameter(BaseModel):
    name: str
    value: str | int | float | bool


class Planned(BaseModel):
    """One question as fields; `unsupported_reason` alone where prices cannot answer it."""

    shape: Literal[tuple(SHAPES)]  # type: ignore[valid-type]
    metrics: list[str] = []
    tickers: list[str] = []
    sector: str | None = None
    industry: str | None = None
    exclude: list[str] = []
    window: str | None = Field(None, description="as in the question; null if it names none")
    windows: list[str] = Field([], description="of periods: the stretches set side by side")
    conditions: list[PlannedCondition] = []
    order: Order = "desc"
    limit: int = Field(10, ge=1, le=1000)
    params: list[PlannedParameter] = []
    unsupported_reason: str = ""
    nearest: str = ""


def intent_of(planned: Planned, facts: MarketFacts, overrides: Mapping[str, str]) -> Intent:
    """Raises ProviderFailed for any word outside the vocabulary, or a plan that cannot be run."""
    check_names(planned, facts)
    intent = dataclasses.replace(
        framed(planned, facts, overrides.get("window")),
        shape=planned.shape,
        metrics=tuple(planned.metrics),
        tickers=tuple(planned.tickers),
        sector=planned.sector,
        industry=planned.industry,
        exclude=tuple(planned.exclude),
        conditions=tuple(Condition(**c.model_dump()) for c in planned.conditions),
        order=planned.order,
        limit=planned.limit,
        params=tuple(sorted((p.name, p.value) for p in planned.params)),
        notes=("Understood by Claude",),
    )
    return runnable(intent, facts)


def check_names(planned: Planned, facts: MarketFacts) -> None:
    known: dict[str, Collection[str | None]] = {
        "metric": METRICS.keys(),
        "ticker": {company.ticker for company in facts.companies},
        "sector": {company.sector for company in facts.companies} | {None},
        "industry": {company.industry for company in facts.companies} | {None},
        "parameter": PARAMETERS.keys(),
    }
    used: dict[str, list[str] | list[str | None]] = {
        "metric": [*planned.metrics, *(c.metric for c in planned.conditions)],
        "ticker": [
            *planned.tickers,
            *planned.exclude,
            *(c.against for c in planned.conditions if c.against),
        ],
        "sector": [planned.sector],
        "industry": [planned.industry],
        "parameter": [p.name for p in planned.params],
    }
    for kind, names in used.items():
        for name in names:
            if name not in known[kind]:
                raise ProviderFailed(f"Claude's plan names an unknown {kind} ({str(name)[:40]})")


def framed(planned: Planned, facts: MarketFacts, chosen: str | None) -> Intent:
    """Its window, or its stretches side by side; one that the person fixed replaces them all."""
    if chosen or not planned.windows:
        return with_window(chosen or planned.window, facts)
    if planned.shape != "periods":
        raise ProviderFailed("Claude's plan sets windows side by side where one is read")
    read = [with_window(phrase, facts) for phrase in planned.windows]
    windows = tuple(one.window for one in read)
    return dataclasses.replace(read[0], window=hull(windows, facts), windows=windows)


def with_window(phrase: str | None, facts: MarketFacts) -> Intent:
    """Windows are read by the one grammar; without a phrase its default and chip stand."""
    overrides = {"window": phrase} if phrase else {}
    read = understand("volatility of all stocks", facts, overrides=overrides)
    if not isinstance(read, Intent):
        raise ProviderFailed(f"Claude's plan names an unknown window ({str(phrase)[:40]})")
    kept = tuple(chip for chip in read.assumptions if chip.slot == "window")
    return dataclasses.replace(read, assumptions=kept)


def runnable(intent: Intent, facts: MarketFacts) -> Intent:
    try:
        plan(intent, facts)
    except (AnalysisError, KeyError, TypeError, ValueError) as error:
        raise ProviderFailed("Claude's plan cannot be computed") from error
    return intent
