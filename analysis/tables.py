"""A result's table as the page shows it: labels, figures as people read them, and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from analysis import formats
from analysis.metrics import METRICS

# A longer table is folded below its chart; a page shows at most SHOWN rows, the file has all.
OPEN_ROWS = 12
SHOWN = 100

_LABELS = {"ticker_a": "Ticker", "ticker_b": "With", "n": "Periods counted", "hit_rate": "Hit rate"}
_HEADS = ("ticker", "ticker_a", "period", "date")
# A spreadsheet runs a cell that starts with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def shown(table: Mapping[str, Any] | None, folded: bool = False) -> dict[str, Any] | None:
    """The first rows with a text and a sort value for each cell; None where there is no table."""
    if not table or not table.get("columns"):
        return None
    columns = [_column(column) for column in table["columns"]]
    head = next((i for i, c in enumerate(columns) if c["name"] in _HEADS), None)
    total = len(table["rows"])
    return {
        "columns": columns,
        "rows": [_row(columns, row, head) for row in table["rows"][:SHOWN]],
        "total": f"{total:,}",
        "more": total > SHOWN,
        "collapsed": folded and total > OPEN_ROWS,
    }


def as_csv(table: Mapping[str, Any]) -> str:
    """Raw values, shares as fractions; text that a spreadsheet would run is quoted with an '."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column["name"] for column in table["columns"]])
    writer.writerows([_inert(value) for value in row] for row in table["rows"])
    return out.getvalue()


def _column(column: Mapping[str, Any]) -> dict[str, Any]:
    metric = METRICS.get(column["name"])
    return {
        "name": column["name"],
        "format": column.get("format", "text"),
        "numeric": column.get("type") in ("number", "integer"),
        "label": metric.label if metric else _label(column["name"]),
        "definition": metric.definition if metric else "",
    }


def _label(name: str) -> str:
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def _row(columns: list[dict[str, Any]], row: Iterable[Any], head: int | None) -> list[dict]:
    return [
        {
            "value": "" if value is None else value,
            "text": _text(value, column["format"]),
            "numeric": column["numeric"],
            "head": index == head,
        }
        for index, (column, value) in enumerate(zip(columns, row, strict=True))
    ]


def _text(value: Any, kind: str) -> str:
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind in ("percent", "ratio", "money", "integer") and isinstance(value, int | float):
        return formats.figure(value, kind)
    return str(value)


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
