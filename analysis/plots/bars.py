"""Bars: ranked from the top, in a panel for each metric, or along the calendar."""

from __future__ import annotations

from analysis.plots import canvas
from analysis.plots.canvas import Row, Spec

MOST_BARS = 50  # more do not fit a page; the table has them all
_STEP = 24  # pixels of a bar and its gap

_NAMES: Spec = {"field": "label", "type": "nominal", "sort": None, "title": None}

# Gains and losses take the first two colours of the theme.
_SIGN: Spec = {
    "field": "sign",
    "type": "nominal",
    "scale": {"domain": ["gain", "loss"]},
    "legend": None,
}


def ranked(rows: list[Row], label: str, name: str, kind: str, description: str) -> Spec | None:
    """Horizontal bars in the order of the table; `label` is the column that names each bar."""
    values = [bar(row, str(row[label]), name, kind) for row in rows if row[name] is not None]
    if not values:
        return None
    title = canvas.label(name)
    tooltip = [canvas.tip("label", title="Name"), canvas.tip("figure", title=title)]
    values = _distinct(values[:MOST_BARS])
    return canvas.spec(
        description,
        values,
        height=_STEP * len(values),
        encoding={"y": _NAMES, "x": {**canvas.axis("value", kind, title), "scale": _scale(values)}},
        layer=[_bars({"color": _SIGN, "tooltip": tooltip}), *_figures(values)],
    )


def _scale(values: list[Row]) -> Spec:
    """Room for the figures to the left of negative bars, where the names stand."""
    negative = any(value["value"] < 0 for value in values)
    return {"zero": True, "padding": 60} if negative else {"zero": True}


def bar(row: Row, label: str, name: str, kind: str) -> Row:
    """One bar with its figure written out, for its end, its tooltip and screen readers."""
    figure = canvas.written(row[name], kind)
    sign = "loss" if row[name] < 0 else "gain"
    spoken = f"{label}: {figure}"
    return {"label": label, "value": row[name], "figure": figure, "sign": sign, "spoken": spoken}


def _distinct(values: list[Row]) -> list[Row]:
    """Two bars of one label would be stacked: the second gets a number."""
    seen: dict[str, int] = {}
    for value in values:
        label = value["label"]
        seen[label] = seen.get(label, 0) + 1
        if seen[label] > 1:
            value["label"] = f"{label} ({seen[label]})"
    return values


def _bars(encoding: Spec) -> Spec:
    spoken = {"field": "spoken", "type": "nominal"}
    mark = {"type": "bar", "cornerRadiusEnd": 2}
    return {"mark": mark, "encoding": {**encoding, "description": spoken}}


def _figures(values: list[Row]) -> list[Spec]:
    """The figures at the ends of the bars: on the left of negative ones."""
    sides = (("gain", "left", 4), ("loss", "right", -4))
    signs = {value["sign"] for value in values}
    return [
        {
            "transform": [{"filter": f"datum.sign === '{sign}'"}],
            "mark": {"type": "text", "align": align, "dx": shift, "aria": False},
            "encoding": {"text": {"field": "figure", "type": "nominal"}},
        }
        for sign, align, shift in sides
        if sign in signs
    ]


def panels(rows: list[Row], label: str, kinds: dict[str, str], description: str) -> Spec:
    """A band of horizontal bars for each metric of `kinds` ({name: format}), a colour for each row.

    The longest bar of each band has the length 1: returns of 1,000 % and a ratio of 1.2 can both
    be read, at their bars' ends. (Facets would do it, but do not follow the width of the page.)
    """
    values = [bar for name, kind in kinds.items() for bar in _panel(rows, label, name, kind)]
    series = _series_colour()
    names = len({value["label"] for value in values})
    return canvas.spec(
        description,
        values,
        height=_STEP * (len(values) + names),
        encoding={
            "y": {**_NAMES, "scale": {"paddingInner": 0.3, "paddingOuter": 0.1}},
            "yOffset": {"field": "series", "sort": None},
            "x": {**_ZERO_LINE, "scale": {**_scale(values), "nice": False}},
        },
        layer=[_bars({"color": series, "tooltip": _PANEL_TIPS}), *_figures(values)],
    )


_ZERO_LINE: Spec = {
    "field": "length",
    "type": "quantitative",
    "title": None,
    "axis": {"values": [0], "labels": False, "ticks": False, "domain": False},
}
_PANEL_TIPS = [canvas.tip("series", title="Name"), canvas.tip("label", title="Metric"),
               canvas.tip("figure", title="Value")]  # fmt: skip


def _panel(rows: list[Row], label: str, name: str, kind: str) -> list[Row]:
    known = [row for row in rows if row[name] is not None]
    longest = max((abs(row[name]) for row in known), default=0) or 1
    return [
        {
            **bar(row, canvas.label(name), name, kind),
            "series": str(row[label]),
            "length": row[name] / longest,
            "spoken": f"{row[label]}, {canvas.label(name)}: {canvas.written(row[name], kind)}",
        }
        for row in known
    ]


def columns(values: list[Row], kind: str, title: str, description: str) -> Spec | None:
    """Upright bars in the order given, coloured by sign; by stock where there are several.

    Each value is a `bar` with a `series`, and perhaps `tips`: more lines for its tooltip.
    """
    if not values:
        return None
    labels = {value["label"] for value in values}
    many = len({value["series"] for value in values}) > 1
    tips = [canvas.tip("label", title="Period"), canvas.tip("series", title="Name")]
    tips += [canvas.tip("figure", title=title), *_more_tips(values[0])]
    side: Spec = {"xOffset": {"field": "series", "sort": None}} if many else {}
    encoding = {
        "x": {
            **_NAMES,
            "axis": {"labelOverlap": True, "labelAngle": 0 if len(labels) <= 14 else -90},
        },
        "y": canvas.axis("value", kind, title),
        "color": _series_colour() if many else _SIGN,
        "tooltip": tips,
        **side,
    }
    return canvas.spec(description, values, height=260, **_bars(encoding))


def _series_colour() -> Spec:
    return {"field": "series", "type": "nominal", "sort": None, "title": None}


def _more_tips(value: Row) -> list[Spec]:
    known = {"label", "value", "figure", "sign", "spoken", "series"}
    return [canvas.tip(name) for name in value if name not in known]
