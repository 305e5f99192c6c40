"""What came out of an analysis, as the JSON that is stored, cached and served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from analysis.intent import Assumption, Intent, Refusal
from analysis.result import Column, Result
from analysis.writing.answer import Answer


def outcome(
    answer: Answer, result: Result, chart: dict[str, Any] | None, follow_ups: Sequence[str]
) -> dict[str, Any]:
    """The fields of the API that an answer has; dates are ISO, shares fractions."""
    return {
        "answer": answer.text,
        "note": answer.note,
        "table": table(result),
        "chart": chart,
        "sql": result.sql,
        "data_through": result.data_through.isoformat(),
        "follow_ups": list(follow_ups),
    }


def table(result: Result) -> dict[str, Any]:
    rows = [[plain(value) for value in row] for row in result.rows]
    return {"columns": columns(result.columns), "rows": rows}


def columns(described: Iterable[Column]) -> list[dict[str, str]]:
    return [{"name": one.name, "type": one.type, "format": one.format} for one in described]


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def interpretation(intent: Intent) -> dict[str, Any]:
    """How the question was understood, in the fields of the API."""
    told = intent.to_json()
    return {
        "shape": intent.shape,
        "metric": intent.metrics[0] if intent.metrics else None,
        "metrics": list(intent.metrics),
        "tickers": list(intent.tickers),
        "sector": intent.sector,
        "industry": intent.industry,
        "exclude": list(intent.exclude),
        "conditions": told["conditions"],
        "window": _window(told["window"]),
        "windows": [_window(window) for window in told["windows"]],
        "order": intent.order,
        "limit": intent.limit,
        "params": told["params"],
        "notes": list(intent.notes),
        "assumptions": [_assumption(assumption) for assumption in intent.assumptions],
    }


def _window(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in ("start", "end", "label")}


def _assumption(assumption: Assumption) -> dict[str, Any]:
    choices = [{"value": value, "label": label} for value, label in assumption.choices]
    return {
        "slot": assumption.slot,
        "value": assumption.value,
        "label": assumption.label,
        "choices": choices,
    }


def unsupported(refusal: Refusal) -> dict[str, Any]:
    return {
        "code": refusal.code,
        "reason": refusal.reason,
        "nearest": refusal.nearest,
        "examples": list(refusal.examples),
    }
