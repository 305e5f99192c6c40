"""Points: risk against return, and moments on a line of time."""

from __future__ import annotations

from analysis.plots import canvas
from analysis.plots.canvas import Row, Spec
from analysis.plots.lines import LOCAL_DATES


def scatter(
    rows: list[Row], across: tuple[str, str], up: tuple[str, str], description: str
) -> Spec | None:
    """A named point for each stock; `across` and `up` are (column, format)."""
    (x, x_kind), (y, y_kind) = across, up
    values = [_point(row, across, up) for row in rows if None not in (row[x], row[y])]
    if not values:
        return None
    tips = [canvas.tip("ticker", title="Name"), canvas.tip("x_figure", title=canvas.label(x))]
    point = {
        "mark": {"type": "point", "filled": True, "size": 90, "opacity": 0.85},
        "encoding": {
            "tooltip": [*tips, canvas.tip("y_figure", title=canvas.label(y))],
            "description": {"field": "spoken", "type": "nominal"},
        },
    }
    name = {
        "mark": {"type": "text", "align": "left", "dx": 8, "aria": False},
        "encoding": {"text": {"field": "ticker", "type": "nominal"}},
    }
    loose = {"zero": False, "padding": 20}
    encoding = {
        "x": {**canvas.axis("x", x_kind, canvas.label(x)), "scale": loose},
        "y": {**canvas.axis("y", y_kind, canvas.label(y)), "scale": loose},
    }
    return canvas.spec(description, values, height=320, encoding=encoding, layer=[point, name])


def _point(row: Row, across: tuple[str, str], up: tuple[str, str]) -> Row:
    (x, x_kind), (y, y_kind) = across, up
    x_figure, y_figure = canvas.written(row[x], x_kind), canvas.written(row[y], y_kind)
    ticker = str(row["ticker"])
    spoken = f"{ticker}: {canvas.label(x)} {x_figure}, {canvas.label(y)} {y_figure}"
    return {
        "ticker": ticker,
        "x": row[x],
        "y": row[y],
        "x_figure": x_figure,
        "y_figure": y_figure,
        "spoken": spoken,
    }


def moments(rows: list[Row], description: str) -> Spec | None:
    """Crossings: a mark on its day at its price, kinds told apart by shape and colour."""
    values = [
        {
            "date": str(row["date"])[:10],
            "ticker": str(row["ticker"]),
            "cross": str(row["cross"]),
            "price": row["price"],
            "spoken": f"{row['ticker']}: {row['cross']} on {str(row['date'])[:10]}",
        }
        for row in rows
        if row["price"] is not None
    ]
    if not values:
        return None
    kind = {"field": "cross", "type": "nominal", "title": None}
    tips = [canvas.tip("date", "date", "Date"), canvas.tip("ticker", title="Name")]
    encoding = {
        "x": {"field": "date", "type": "temporal", "title": None},
        "y": {**canvas.axis("price", "money"), "scale": {"zero": False}},
        "color": kind,
        "shape": kind,
        "tooltip": [*tips, canvas.tip("cross", title="Cross"), canvas.tip("price", "money")],
        "description": {"field": "spoken", "type": "nominal"},
    }
    mark = {"type": "point", "filled": True, "size": 110}
    spec = canvas.spec(description, values, height=260, mark=mark, encoding=encoding)
    spec["data"]["format"] = LOCAL_DATES
    return spec
