"""The chart that fits an answer, as a Vega-Lite spec with its data inside."""

from __future__ import annotations

from collections.abc import Callable

from analysis.intent import Intent, Result
from analysis.plots import bars, canvas, grids, lines, scatters
from analysis.plots.canvas import Row, Spec

_RISKS = ("volatility", "max_drawdown", "beta", "var_95", "cvar_95", "tracking_error")
_RETURNS = ("cagr", "total_return", "alpha", "mean_return", "growth")
_MONTHS = "January February March April May June July August September October November December"


def chart(intent: Intent, result: Result) -> Spec | None:
    """A Vega-Lite v6 spec, or None where a picture would say no more than the sentence.

    `params.chart` is honoured where that kind fits the shape; "table" means no chart.
    """
    draw = CHARTS.get(intent.shape)
    if draw is None or not result.rows or intent.param("chart") == "table":
        return None
    return draw(intent, result)


def _ranking(intent: Intent, result: Result) -> Spec | None:
    """Bars of the first metric; points where a second one was asked for by a scatter."""
    if intent.param("chart") == "scatter":
        return _scatter(intent, result) or _bars(intent, result)
    return _bars(intent, result)


def _bars(intent: Intent, result: Result, label: str = "ticker") -> Spec | None:
    names = canvas.measured(intent, result)
    rows = canvas.rows(result)
    if not names or len(rows) < 2:
        return None
    title = canvas.label(names[0])
    description = (
        f"Bar chart of {title} for {len(rows)} {'stocks' if label == 'ticker' else 'groups'}"
    )
    return bars.ranked(rows, label, names[0], canvas.formats(result)[names[0]], description)


def _scatter(intent: Intent, result: Result) -> Spec | None:
    """Risk across and return up; else the first two metrics."""
    names, kinds = canvas.measured(intent, result), canvas.formats(result)
    if len(names) < 2:
        return None
    x = next((name for name in _RISKS if name in names), names[0])
    y = next((name for name in (*_RETURNS, *names) if name in names and name != x), names[1])
    description = f"Scatter plot of {canvas.label(x)} and {canvas.label(y)}"
    return scatters.scatter(canvas.rows(result), (x, kinds[x]), (y, kinds[y]), description)


def _screen(intent: Intent, result: Result) -> Spec | None:
    if intent.param("chart") == "bar" or len(canvas.measured(intent, result)) < 2:
        return _bars(intent, result)
    return _scatter(intent, result) if len(result.rows) > 1 else None


def _compare(intent: Intent, result: Result) -> Spec | None:
    """Three or more stocks by risk and return; otherwise bars, side by side for many metrics."""
    names = canvas.measured(intent, result)
    risky = set(names) & set(_RISKS) and set(names) & set(_RETURNS)
    wanted = intent.param("chart")
    if wanted == "scatter" or (wanted is None and risky and len(result.rows) > 2):
        return _scatter(intent, result)
    return _side_by_side(intent, result) if len(names) > 1 else _bars(intent, result)


def _side_by_side(intent: Intent, result: Result) -> Spec | None:
    """The metrics that share the first one's unit, a colour for each stock."""
    names, kinds, rows = (
        canvas.measured(intent, result),
        canvas.formats(result),
        canvas.rows(result),
    )
    kind = kinds[names[0]]
    values = [
        {**bars.bar(row, canvas.label(name), name, kind), "series": str(row["ticker"])}
        for name in names
        if kinds[name] == kind
        for row in rows
        if row[name] is not None
    ]
    return bars.columns(values, kind, "Value", f"Bar chart comparing {len(rows)} stocks")


def _aggregate(intent: Intent, result: Result) -> Spec | None:
    names = [column.name for column in result.columns]
    label = next((name for name in ("sector", "industry") if name in names), names[0])
    return _bars(intent, result, label)


def _trend(intent: Intent, result: Result) -> Spec | None:
    names = canvas.measured(intent, result)[:1]
    if not names:
        return None
    name, rows = names[0], canvas.rows(result)
    many = len({row["ticker"] for row in rows}) > 1
    title = canvas.label(name)
    found = lines.points(rows, {name: title}, many)
    filled = name.endswith("drawdown") or intent.param("chart") == "area"
    draw = lines.area if filled else lines.chart
    description = f"Line chart of {title} over time for {_tickers(rows)}"
    return draw(found, canvas.formats(result)[name], title, description)


def _tickers(rows: list[Row]) -> str:
    return ", ".join(dict.fromkeys(str(row["ticker"]) for row in rows))


def _indicator(intent: Intent, result: Result) -> Spec | None:
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


def _calendar(intent: Intent, result: Result) -> Spec | None:
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


def _seasonality(intent: Intent, result: Result) -> Spec | None:
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


def _count(intent: Intent, result: Result) -> Spec | None:
    rows = canvas.rows(result)
    if len(rows) < 2:
        return None
    return bars.ranked(rows, "ticker", "count", "integer", f"Counts for {len(rows)} stocks")


def _dated(day: str, name: str, kind: str, what: str) -> Callable[[Intent, Result], Spec | None]:
    """Bars of events, each labelled by its day, and by its ticker where there are several."""

    def draw(intent: Intent, result: Result) -> Spec | None:
        rows = canvas.rows(result)
        column = name.format(period=intent.param("period", "day"))
        many = len({row["ticker"] for row in rows}) > 1
        labelled = [
            {**row, "event": f"{row['ticker']} {row[day]}" if many else str(row[day])}
            for row in rows
        ]
        if len(labelled) < 2:
            return None
        return bars.ranked(labelled, "event", column, kind, f"{what} of {_tickers(rows)}")

    return draw


def _pairs(intent: Intent, result: Result) -> Spec | None:
    if intent.param("chart") == "heatmap":
        return _matrix(intent, result)
    rows = [{**r, "pair": f"{r['ticker_a']} and {r['ticker_b']}"} for r in canvas.rows(result)]
    if len(rows) < 2:
        return None
    return bars.ranked(rows, "pair", "correlation", "ratio", f"Correlations of {len(rows)} pairs")


def _matrix(intent: Intent, result: Result) -> Spec | None:
    return grids.correlations(canvas.rows(result), "Heat map of correlations in returns")


def _crossings(intent: Intent, result: Result) -> Spec | None:
    rows = canvas.rows(result)
    return scatters.moments(rows, f"Crossings of moving averages of {_tickers(rows)}")


def _whatif(intent: Intent, result: Result) -> Spec | None:
    rows = canvas.rows(result)
    if len(rows) < 2:
        return None
    return bars.ranked(rows, "ticker", "value", "money", f"What {len(rows)} investments became")


CHARTS: dict[str, Callable[[Intent, Result], Spec | None]] = {
    "rank": _ranking,
    "compare": _compare,
    "aggregate": _aggregate,
    "screen": _screen,
    "trend": _trend,
    "indicator": _indicator,
    "calendar": _calendar,
    "count": _count,
    "extremes": _dated("date", "{period}_return", "percent", "Record returns"),
    "streaks": _dated("start", "days", "integer", "Longest runs"),
    "drawdowns": _dated("peak", "max_drawdown", "percent", "Deepest drawdowns"),
    "pairs": _pairs,
    "matrix": _matrix,
    "crossings": _crossings,
    "seasonality": _seasonality,
    "whatif": _whatif,
}
