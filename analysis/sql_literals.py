"""Writes parameters into a statement, so that it can be shown, copied and run as it stands."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Any

# What to leave alone (strings, quoted names, comments), or a parameter.
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|\$([a-z_][a-z0-9_]*)")


def rendered(sql: str, params: Mapping[str, Any]) -> str:
    """The statement with every `$name` replaced; raises KeyError for a missing parameter."""

    def replace(match: re.Match[str]) -> str:
        return match[0] if match[1] is None else literal(params[match[1]])

    return _TOKEN.sub(replace, sql)


def literal(value: Any) -> str:
    """A SQL literal of the type that binding the value would give. Raises TypeError."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _double(value)
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    raise TypeError(f"{type(value).__name__} has no SQL literal")


def _double(value: float) -> str:
    """With an exponent: DuckDB reads 0.05 as a decimal, and 5e-2 as the double that it means."""
    if not math.isfinite(value):
        raise TypeError("only finite numbers have a SQL literal")
    text = repr(value)
    return text if "e" in text else f"{text}e0"
