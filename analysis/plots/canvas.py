"""What every chart shares: the schema, the data, axes that write figures as the answers do.

No colour of a text, axis or background is set here: the theme is applied when a chart is embedded
or rendered (`vega_themes.json`).
"""

from __future__ import annotations

from typing import Any

from analysis.formats import figure
from analysis.intent import Intent
from analysis.metrics import metric
from analysis.result import Result

Spec = dict[str, Any]
Row = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

# Vega expressions that write an axis label like `formats` writes a figure.
_LABELS = {
    "percent": "format(100 * datum.value, ',~g') + ' %'",
    "money": "'$' + format(datum.value, ',~g')",
    "integer": "format(datum.value, ',~g')",
    "ratio": "format(datum.value, ',~g')",
}
_WHOLE = {"integer": {"tickMinStep": 1}}
_TOOLTIPS = {"percent": ".1%", "money": "$,.2f", "integer": ",d", "ratio": ",.2f"}


def rows(result: Result) -> list[Row]:
    names = [column.name for column in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.rows]


def formats(result: Result) -> dict[str, str]:
    return {column.name: column.format for column in result.columns}


def measured(intent: Intent, result: Result) -> list[str]:
    """The metrics to draw, first the ones asked for; columns without any figure are left out."""
    kinds = formats(result)
    figures = [name for name, kind in kinds.items() if kind in ("percent", "ratio", "money")]
    asked = [name for name in intent.metrics if name in figures] or figures
    known = [name for name in figures if any(row[name] is not None for row in rows(result))]
    return [name for name in asked if name in known] or known  # a missing CAGR gives way


def label(name: str) -> str:
    try:
        return metric(name).label
    except KeyError:
        return name.replace("_", " ").capitalize()


def written(value: Any, kind: str) -> str:
    return figure(value, kind)


def spec(description: str, values: list[Row], **parts: Any) -> Spec:
    """A responsive chart with its data inside; `description` is what a screen reader says."""
    return {
        "$schema": SCHEMA,
        "description": description,
        "width": "container",
        "data": {"values": values},
        **parts,
    }


def axis(name: str, kind: str, title: str | None = None) -> Spec:
    """A quantitative axis for a figure of this kind."""
    return {
        "field": name,
        "type": "quantitative",
        "title": title or label(name),
        "axis": {"labelExpr": _LABELS.get(kind, _LABELS["ratio"]), **_WHOLE.get(kind, {})},
    }


def tip(name: str, kind: str = "text", title: str | None = None) -> Spec:
    """One line of a tooltip."""
    shown: Spec = {"field": name, "title": title or label(name)}
    if kind == "date":
        return {**shown, "type": "temporal", "format": "%Y-%m-%d"}
    if kind in _TOOLTIPS:
        return {**shown, "type": "quantitative", "format": _TOOLTIPS[kind]}
    return {**shown, "type": "nominal"}
