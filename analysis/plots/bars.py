"""Bars: ranked from the top, one per row of the table, the figure written beside each."""

from __future__ import annotations

from analysis.plots import canvas
from analysis.plots.canvas import Row, Spec

MOST_BARS = 50  # more do not fit a page; the table has them all


def ranked(
    rows: list[Row], label: str, name: str, kind: str, description: str, title: str | None = None
) -> Spec | None:
    """Horizontal bars in the order of the table; `label` is the column that names each bar."""
    values = [_bar(row, label, name, kind) for row in rows if row[name] is not None][:MOST_BARS]
    if not values:
        return None
    y = {"field": "label", "type": "nominal", "sort": None, "title": None}
    x = canvas.axis("value", kind, title or canvas.label(name))
    tooltip = [canvas.tip("label", title="Name"), canvas.tip("figure", title=x["title"])]
    return canvas.spec(
        description,
        values,
        height={"step": 24},
        encoding={"y": y, "x": {**x, "scale": {"zero": True}}},
        layer=[_bars(tooltip), *_figures()],
    )


def _bar(row: Row, label: str, name: str, kind: str) -> Row:
    figure = canvas.written(row[name], kind)
    text = str(row[label])
    return {"label": text, "value": row[name], "figure": figure, "spoken": f"{text}: {figure}"}


def _bars(tooltip: list[Spec]) -> Spec:
    encoding = {
        "color": {
            "condition": {"test": "datum.value < 0", "value": {"expr": "'#D55E00'"}},
            "value": "#0072B2",
        },
        "tooltip": tooltip,
        "description": {"field": "spoken", "type": "nominal"},
    }
    return {"mark": {"type": "bar", "cornerRadiusEnd": 2}, "encoding": encoding}


def _figures() -> list[Spec]:
    """The figures at the ends of the bars: on the left of negative ones."""
    text = {"field": "figure", "type": "nominal"}
    return [
        {
            "transform": [{"filter": test}],
            "mark": {"type": "text", "align": align, "dx": shift, "aria": False},
            "encoding": {"text": text},
        }
        for test, align, shift in (
            ("datum.value >= 0", "left", 4),
            ("datum.value < 0", "right", -4),
        )
    ]
