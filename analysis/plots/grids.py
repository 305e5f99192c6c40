"""Heat maps: correlations of everybody with everybody, returns by year and month."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.plots import canvas
from analysis.plots.canvas import Row, Spec

_CELL = 26  # pixels of a row
_X: Spec = {"field": "column", "type": "nominal", "sort": None, "title": None}


def correlations(rows: Iterable[Row], description: str) -> Spec | None:
    """A square of tickers; a result with one half only is mirrored."""
    known = {(str(r["ticker_a"]), str(r["ticker_b"])): r["correlation"] for r in rows}
    tickers = list(dict.fromkeys(ticker for pair in known for ticker in pair))
    values = []
    for a in tickers:
        for b in tickers:
            value = 1.0 if a == b else known.get((a, b), known.get((b, a)))
            if value is not None:
                values.append(cell(b, a, value, "ratio"))
    return grid(values, "ratio", "Correlation", description, domain=(-1.0, 1.0))


def cell(column: str, row: str, value: float, kind: str) -> Row:
    figure = canvas.written(value, kind)
    spoken = f"{row}, {column}: {figure}"
    return {"column": column, "row": row, "value": value, "figure": figure, "spoken": spoken}


def grid(
    values: list[Row],
    kind: str,
    title: str,
    description: str,
    domain: tuple[float, float] | None = None,
) -> Spec | None:
    """Cells coloured around zero; `domain` defaults to the largest figure on both sides.

    Columns are named on top: a grid of thirty years is higher than a window.
    """
    if not values:
        return None
    reach = max(abs(value["value"]) for value in values) or 1.0
    low, high = domain or (-reach, reach)
    return canvas.spec(
        description,
        values,
        height=_CELL * len({value["row"] for value in values}),
        encoding={
            "x": {**_X, "axis": {"orient": "top", "labelAngle": 0 if _fits(values) else -90}},
            "y": {"field": "row", "type": "nominal", "sort": None, "title": None},
        },
        layer=[_cells(low, high, kind, title), *_figures(values)],
    )


def _cells(low: float, high: float, kind: str, title: str) -> Spec:
    colour = {
        **canvas.axis("value", kind, title),
        "scale": {"domain": [low, 0, high], "range": "diverging", "interpolate": "rgb"},
        "legend": None,
    }
    del colour["axis"]
    tips = [canvas.tip("row", title="Row"), canvas.tip("column", title="Column")]
    return {
        "mark": {"type": "rect"},
        "encoding": {
            "color": colour,
            "tooltip": [*tips, canvas.tip("figure", title=title)],
            "description": {"field": "spoken", "type": "nominal"},
        },
    }


def _fits(values: list[Row]) -> bool:
    return len({value["column"] for value in values}) <= 21


def _figures(values: list[Row]) -> list[Spec]:
    """Figures in the cells, as long as they fit; the themes' palettes keep them readable."""
    if not _fits(values):
        return []
    mark = {"type": "text", "aria": False, "fontSize": 11}
    return [{"mark": mark, "encoding": {"text": {"field": "figure", "type": "nominal"}}}]
