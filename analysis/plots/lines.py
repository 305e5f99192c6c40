"""Lines over time: trends, indicators, drawdowns as an area below zero."""

from __future__ import annotations

import json
from collections.abc import Iterable

from analysis.plots import canvas
from analysis.plots.canvas import Row, Spec
from analysis.plots.sampling import budget, thinned

HOVERED = 250  # points of a line that answer to the pointer: one every few pixels
FEW = 40  # a line with so few points shows them
LOG_FROM = 20  # a positive line that grows by this factor is drawn on a logarithmic axis


def points(rows: Iterable[Row], names: dict[str, str], many: bool) -> dict[str, list[Row]]:
    """Rows as points (`date`, `series`, `value`) for each line.

    `names` maps columns to labels; `many`: several stocks, so that the ticker names the line.
    """
    lines: dict[str, list[Row]] = {}
    for row in rows:
        for column, label in names.items():
            if row.get(column) is None:
                continue
            series = _series(str(row["ticker"]), label, many, len(names) > 1)
            point = {"date": str(row["date"])[:10], "series": series, "value": row[column]}
            lines.setdefault(series, []).append(point)
    return lines


def _series(ticker: str, label: str, many: bool, several: bool) -> str:
    if many and several:
        return f"{ticker} {label}"
    return ticker if many else label


def chart(lines: dict[str, list[Row]], kind: str, title: str, description: str) -> Spec | None:
    """One or more lines with tooltips."""
    values = _values(lines, kind)
    if not values:
        return None
    y = {**canvas.axis("value", kind, title), "scale": _scale(values, kind)}
    few = len(values) <= FEW * len(lines)
    mark = {"type": "line", "interpolate": "linear", "strokeWidth": 1.6, "point": few}
    encoding = {"color": _colour(lines), "description": {"value": f"Line of {title}"}}
    line = {"mark": mark, "encoding": encoding}
    return _over_time(values, y, [line, _hover(lines, title)], description)


def area(lines: dict[str, list[Row]], kind: str, title: str, description: str) -> Spec | None:
    """One line filled to zero, such as a drawdown; several lines stay lines."""
    values = _values(lines, kind)
    if len(lines) != 1 or not values:
        return chart(lines, kind, title, description)
    mark = {"type": "area", "opacity": 0.35, "line": {"strokeWidth": 1.4}}
    y = canvas.axis("value", kind, title)
    encoding = {"description": {"value": description}}
    return _over_time(
        values, y, [{"mark": mark, "encoding": encoding}, _hover(lines, title)], description
    )


def levels(spec: Spec | None, *heights: float) -> Spec | None:
    """Dashed lines across a chart, such as RSI's 30 and 70."""
    if spec is None:
        return None
    rule = {
        "data": {"values": [{"level": height} for height in heights]},
        "mark": {"type": "rule", "strokeDash": [4, 4], "aria": False},
        "encoding": {
            "x": {"value": 0},
            "x2": {"value": "width"},
            "y": {"field": "level", "type": "quantitative"},
        },
    }
    return {**spec, "layer": [*spec["layer"], rule]}


def _values(lines: dict[str, list[Row]], kind: str) -> list[Row]:
    most = budget(len(lines))
    kept = [thinned(line, "value", most) for line in lines.values()]
    return [point for line in kept for point in _hoverable(line, kind)]


def _hoverable(line: list[Row], kind: str) -> list[Row]:
    step = max(1, len(line) // HOVERED)
    return [
        {**point, "figure": canvas.written(point["value"], kind)} if i % step == 0 else point
        for i, point in enumerate(line)
    ]


def _scale(values: list[Row], kind: str) -> Spec:
    low, high = (pick(point["value"] for point in values) for pick in (min, max))
    grows = kind == "money" and low > 0 and high / low >= LOG_FROM
    return {"type": "log"} if grows else {"zero": False}


def _colour(lines: dict[str, list[Row]]) -> Spec:
    """Colours in the order in which the person named things; a legend only for several lines."""
    colour: Spec = {"field": "series", "type": "nominal", "sort": None, "title": None}
    return colour if len(lines) > 1 else {**colour, "legend": None}


def _hover(lines: dict[str, list[Row]], title: str) -> Spec:
    """Invisible points that show themselves and their figures under the pointer."""
    near = {"type": "point", "on": "pointermove", "nearest": True, "clear": "pointerout"}
    return {
        "params": [{"name": "hover", "select": near}],
        "transform": [{"filter": "datum.figure"}],
        "mark": {"type": "point", "filled": True, "size": 60, "aria": False},
        "encoding": {
            "color": _colour(lines),
            "opacity": {"condition": {"param": "hover", "empty": False, "value": 1}, "value": 0},
            "tooltip": {"value": {"expr": _tooltip(title)}},
        },
    }


def _tooltip(title: str) -> str:
    """An expression instead of fields: Vega-Lite 6 loses names in the areas around points."""
    point = "(datum.datum || datum)"
    return (
        f"{{'Date': timeFormat({point}.date, '%Y-%m-%d'), 'Line': {point}.series, "
        f"{json.dumps(title)}: {point}.figure}}"
    )


def _over_time(values: list[Row], y: Spec, layer: list[Spec], description: str) -> Spec:
    spec = canvas.spec(
        description,
        values,
        height=300,
        encoding={"x": {"field": "date", "type": "temporal", "title": None}, "y": y},
        layer=layer,
    )
    spec["data"]["format"] = LOCAL_DATES
    return spec


# ISO dates alone would be read as UTC and shown a day early to the west of Greenwich.
LOCAL_DATES = {"parse": {"date": "date:'%Y-%m-%d'"}}
