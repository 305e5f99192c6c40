"""Charts of stocks side by side: rankings, comparisons, groups, pairs."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.plots import bars, canvas, grids, scatters
from analysis.plots.canvas import Spec
from analysis.result import Result

_RISKS = ("volatility", "max_drawdown", "beta", "var_95", "cvar_95", "tracking_error")
_RETURNS = ("cagr", "total_return", "alpha", "mean_return", "growth")


def ranking(intent: Intent, result: Result) -> Spec | None:
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


def screen(intent: Intent, result: Result) -> Spec | None:
    if intent.param("chart") == "bar" or len(canvas.measured(intent, result)) < 2:
        return _bars(intent, result)
    return _scatter(intent, result) if len(result.rows) > 1 else None


def compare(intent: Intent, result: Result) -> Spec | None:
    """Three or more stocks by risk and return; otherwise bars, side by side for many metrics."""
    names = canvas.measured(intent, result)
    risky = set(names) & set(_RISKS) and set(names) & set(_RETURNS)
    wanted = intent.param("chart")
    if wanted == "scatter" or (wanted is None and risky and len(result.rows) > 2):
        return _scatter(intent, result)
    return _side_by_side(intent, result) if len(names) > 1 else _bars(intent, result)


def _side_by_side(intent: Intent, result: Result) -> Spec | None:
    """Every metric, a colour for each stock."""
    names, kinds = canvas.measured(intent, result), canvas.formats(result)
    rows = canvas.rows(result)
    description = f"Bar chart comparing {len(rows)} stocks, each metric on a scale of its own"
    return bars.panels(rows, "ticker", {name: kinds[name] for name in names}, description)


def periods(intent: Intent, result: Result) -> Spec | None:
    """The first metric: a group of columns for each stretch of time, a colour for each stock."""
    name = canvas.measured(intent, result)[0]
    kind = canvas.formats(result)[name]
    values = [
        {**bars.bar(row, str(row["period"]), name, kind), "series": str(row["ticker"])}
        for row in canvas.rows(result)
        if row[name] is not None
    ]
    title = canvas.label(name)
    return bars.columns(values, kind, title, f"Bar chart of {title} in stretches of time")


def aggregate(intent: Intent, result: Result) -> Spec | None:
    names = [column.name for column in result.columns]
    label = next((name for name in ("sector", "industry") if name in names), names[0])
    return _bars(intent, result, label)


def count(intent: Intent, result: Result) -> Spec | None:
    rows = canvas.rows(result)
    if len(rows) < 2:
        return None
    return bars.ranked(rows, "ticker", "count", "integer", f"Counts for {len(rows)} stocks")


def pairs(intent: Intent, result: Result) -> Spec | None:
    if intent.param("chart") == "heatmap":
        return matrix(intent, result)
    rows = [{**r, "pair": f"{r['ticker_a']} and {r['ticker_b']}"} for r in canvas.rows(result)]
    if len(rows) < 2:
        return None
    return bars.ranked(rows, "pair", "correlation", "ratio", f"Correlations of {len(rows)} pairs")


def matrix(intent: Intent, result: Result) -> Spec | None:
    return grids.correlations(canvas.rows(result), "Heat map of correlations in returns")


def whatif(intent: Intent, result: Result) -> Spec | None:
    rows = canvas.rows(result)
    if len(rows) < 2:
        return None
    rows = [{**row, "holder": row["ticker"] or row["name"]} for row in rows]
    return bars.ranked(rows, "holder", "value", "money", f"What {len(rows)} investments became")
