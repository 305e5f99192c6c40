"""A plan: one statement, its parameters, and what its columns are."""

from __future__ import annotations

import dataclasses
from typing import Any

from analysis import script_files
from analysis.intent import Intent
from analysis.metrics import metric
from analysis.result import Column

RANK = Column("rank", "integer", "integer")
TICKER = Column("ticker", "string", "text")
NAME = Column("name", "string", "text")
DATE = Column("date", "date", "date")
PERIOD = Column("period", "string", "text")


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """`sql` reads `params` by name; `coverage` lists the scope's tickers and whether each has
    enough of the window (`ticker`, `covered`), where a shape leaves those without it out."""

    script: str
    params: dict[str, Any]
    intent: Intent
    sql: str = ""
    columns: tuple[Column, ...] = ()
    coverage: str | None = None
    facts: tuple[tuple[str, Any], ...] = ()
    caveats: tuple[str, ...] = ()
    series: bool = False
    rows: tuple[tuple[Any, ...], ...] = ()  # where nothing needs to be computed

    def bound(self, sql: str) -> dict[str, Any]:
        """The parameters that a statement reads; DuckDB refuses others."""
        return {name: self.params[name] for name in script_files.parameters(sql)}


def integers(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "integer", "integer") for name in names)


def dates(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "date", "date") for name in names)


def metric_columns(names: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(name, "number", metric(name).format) for name in names)
