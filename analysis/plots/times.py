"""Charts along time: trends, indicators, calendars, seasons, records, crossings."""

from __future__ import annotations

from collections.abc import Callable

from analysis.intent import Intent
from analysis.plots import bars, canvas, grids, lines, scatters
from analysis.plots.canvas import Row, Spec
from analysis.result import Result

_MONTHS = "January February March April May June July August September October November December"


def trend(intent: Intent, result: Result) -> Spec | None:
    names = canvas.measured(intent, result)[:1]
    if not names:
        return None
    name, rows = names[0], canvas.rows(result)
    many = len({row["ticker"] for row in rows}) > 1
    title = canvas.label(name)
    found = lines.points(rows, {name: title}, many)
    filled = name.endswith("drawdown") or intent.param("chart") == "area"
    draw = lines.area if filled else lines.chart
    kind = "Area" if filled and not many else "Line"
    description = f"{kind} chart of {title} over time for {_tickers(rows)}"
    return draw(found, canvas.formats(result)[name], title, description)


def _tickers(rows: list[Row]) -> str:
    return ", ".join(dict.fromkeys(str(row["ticker"]) for row in rows))


def indicator(intent: Intent, result: Result) -> Spec | None:
    """Averages and bands lie over the price; RSI and MACD have a scale of their own."""
    rows = canvas.rows(result)
    names = [name for name in canvas.measured(intent, result) if name != "price"]
    own = [name for name in names if name.startswith(("rsi", "macd"))]
    shown = [name for name in names if name not in own] and [
        "price",
        *(name for name in names if name not in own),
    ]
    labels = {name: canvas.label(name) for name in shown or own}
    many = len({row["ticker"] for row in rows}) > 1
    points = lines.points(rows, labels, many)
    kind = "ratio" if own and not shown else "money"
    title = "Adjusted close" if shown else labels[own[0]] if own else ""
    description = f"Line chart of {', '.join(labels.values())} for {_tickers(rows)}"
    spec = lines.chart(points, kind, title, description)
    return lines.levels(spec, 30, 70) if not shown and own == ["rsi"] else spec


def calendar(intent: Intent, result: Result) -> Spec | None:
    """Columns by period; a heat map of years and months, or of years and many stocks."""
    rows = [row for row in canvas.rows(result) if row["total_return"] is not None]
    tickers = {row["ticker"] for row in rows}
    if len(rows) < 2:
        return None
    description = f"Returns by {intent.param('period', 'year')} of {_tickers(rows)}"
    monthly = intent.param("period") == "month" and len(tickers) == 1 and len(rows) > 12
    if monthly and intent.param("chart") != "bar":
        return grids.grid(_months(rows), "percent", "Return", description)
    if intent.param("chart") == "heatmap" or (len(tickers) > 1 and len(rows) > 24):
        cells = [_cell(row) for row in rows]
        return grids.grid(cells, "percent", "Return", description)
    values = [_period(row) for row in rows]
    return bars.columns(values, "percent", "Total return", description)


def _cell(row: Row) -> Row:
    return grids.cell(str(row["ticker"]), str(row["period"]), row["total_return"], "percent")


def _months(rows: list[Row]) -> list[Row]:
    """ "2022-03" becomes row 2022, column March."""
    names = [month[:3] for month in _MONTHS.split()]
    cells = {
        (year, month): row["total_return"]
        for row in rows
        for year, month in [str(row["period"]).split("-")[:2]]
    }
    order = sorted(cells, key=lambda at: (at[1], at[0]))
    return [grids.cell(names[int(m) - 1], year, cells[year, m], "percent") for year, m in order]


def _period(row: Row) -> Row:
    value = bars.bar(row, str(row["period"]), "total_return", "percent")
    return {**value, "series": str(row["ticker"])}


def seasonality(intent: Intent, result: Result) -> Spec | None:
    rows = [row for row in canvas.rows(result) if row["mean"] is not None]
    if len(rows) < 2:
        return None
    description = f"Mean return by {intent.param('period', 'month')} of {_tickers(rows)}"
    values = [
        {
            **bars.bar(row, str(row["period"]), "mean", "percent"),
            "series": str(row["ticker"]),
            "median": canvas.written(row["median"], "percent"),
            "hit_rate": canvas.written(row["hit_rate"], "percent"),
            "n": str(row["n"]),
        }
        for row in rows
    ]
    return bars.columns(values, "percent", "Mean return", description)


def dated(day: str, name: str, kind: str, what: str) -> Callable[[Intent, Result], Spec | None]:
    """Bars of events, each labelled by its day, and by its ticker where there are several."""

    def draw(intent: Intent, result: Result) -> Spec | None:
        rows = canvas.rows(result)
        column = name.format(period=intent.param("period", "day"))
        if column not in rows[0]:  # the current drawdown instead of the deepest
            column = canvas.measured(intent, result)[0]
        many = len({row["ticker"] for row in rows}) > 1
        labelled = [
            {**row, "event": f"{row['ticker']} {row[day]}" if many else str(row[day])}
            for row in rows
        ]
        if len(labelled) < 2:
            return None
        return bars.ranked(labelled, "event", column, kind, f"{what} of {_tickers(rows)}")

    return draw


def crossings(intent: Intent, result: Result) -> Spec | None:
    rows = canvas.rows(result)
    return scatters.moments(rows, f"Crossings of moving averages of {_tickers(rows)}")
