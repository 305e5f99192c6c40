"""Conditions of a question as SQL; bounds are parameters, operators come from a fixed table."""

from __future__ import annotations

from typing import Any

from analysis.errors import UnplannableIntent
from analysis.intent import Condition

OPERATORS = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}


def condition_sql(
    conditions: tuple[Condition, ...], column: str | None = None, joint: str = "AND"
) -> str:
    """`column`: the one to compare, where it is not named as the metric is. `joint`: AND or OR.

    Raises `UnplannableIntent` for a stock's own figure as the bound where no figures are computed.
    """
    if column is not None and any(c.against for c in conditions):
        raise UnplannableIntent("A stock's own figure is no bound for single periods.")
    parts = [_one(number, c, column or c.metric) for number, c in enumerate(conditions)]
    text = f"\n  {joint} ".join(parts) or "true"
    return f"({text})" if joint == "OR" else text


def condition_parameters(conditions: tuple[Condition, ...]) -> dict[str, Any]:
    """The bounds that `condition_sql` names, as {parameter: value}."""
    bounds: dict[str, Any] = {}
    for number, condition in enumerate(conditions):
        bounds[f"bound_{number}"] = float(condition.value)
        if condition.upper is not None:
            bounds[f"upper_{number}"] = float(condition.upper)
        if condition.against is not None:
            bounds[f"against_{number}"] = condition.against
    return bounds


def _one(number: int, condition: Condition, column: str) -> str:
    if condition.op == "between" and condition.against is None:
        return f"{column} BETWEEN $bound_{number} AND $upper_{number}"
    if condition.op not in OPERATORS:
        raise UnplannableIntent(f"{condition.op} is not a comparison.")
    operator = OPERATORS[condition.op]
    if condition.against is None:
        return f"{column} {operator} $bound_{number}"
    other = f"SELECT {column} FROM figures WHERE ticker = $against_{number}"
    return f"ticker <> $against_{number} AND {column} {operator} ({other})"
