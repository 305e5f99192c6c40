"""Short ways to write the intents that tests ask for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analysis.intent import Condition, Intent, Window

LAST = dt.date(2022, 12, 28)
FIVE_YEARS = Window(dt.date(2017, 12, 28), LAST, "last 5 years", "default")
ALL = Window(None, LAST, "the whole history", "all")


def between(start: str, end: str) -> Window:
    return Window(dt.date.fromisoformat(start), dt.date.fromisoformat(end), "a range", "range")


def ask(
    shape: str, *metrics: str, window: Window = FIVE_YEARS, params: Any = None, **fields: Any
) -> Intent:
    return Intent(shape, window, metrics, params=tuple(sorted((params or {}).items())), **fields)


def where(metric: str, op: Any, value: float, upper: float | None = None) -> Condition:
    return Condition(metric, op, value, upper)


def against(metric: str, op: Any, ticker: str) -> Condition:
    return Condition(metric, op, 0.0, against=ticker)
