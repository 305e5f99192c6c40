"""Shapes over time: trend, calendar returns, indicators, and the price of a day."""

from __future__ import annotations

import dataclasses

from analysis.intent import Intent, Window
from analysis.metrics import is_indicator, moving_average_days
from analysis.understanding import calendar, defaults
from analysis.understanding.building import build
from analysis.understanding.draft import Draft
from analysis.understanding.periods import are_joined, hull
from analysis.understanding.stopping import refuse
from analysis.understanding.subject import subject

LINES = frozenset([
    "price", "growth", "total_return", "max_drawdown", "current_drawdown", "day_return",
    "week_return",
])  # fmt: skip
_RETURNS = frozenset(["total_return", "cagr", "price"])
_STEPS = ("year", "quarter", "month")
# Figures that a single day has, beside the indicators.
_DAILY = frozenset(["total_return", "day_return", "growth"])


def calendar_returns(draft: Draft) -> Intent | None:
    """ "Apple's returns by year", "monthly returns of KO in 2020"."""
    period = draft.period if draft.calendar else _step(draft)
    returned = set(draft.metrics) <= _RETURNS and bool(draft.metrics or draft.reading.has("move"))
    if period not in ("year", "month") or not (draft.calendar or returned) or _busy(draft):
        return None
    _claim_steps(draft)
    draft.reading.take("move")
    draft.reading.take("versus")
    draft.metrics = [m for m in draft.metrics if m not in _RETURNS]
    subject(draft)
    return build(draft, "calendar", defaults.window(draft, records=True), (), period=period)


def _busy(draft: Draft) -> bool:
    """A ranking or an average by year is another question."""
    return (draft.universe and not draft.tickers) or draft.rolling or bool(draft.conditions)


def _step(draft: Draft) -> str | None:
    steps = draft.reading.free("by", *_STEPS)
    return steps[0].tags["by"] if steps else None


def _claim_steps(draft: Draft) -> None:
    draft.reading.take("by")
    draft.reading.take("shape", "trend", "list")
    draft.reading.take("frequency")


def _over_time(draft: Draft) -> bool:
    """ "the history of KO's volatility" is a line, "the history of KO" no question of prices."""
    said = [item.text for item in draft.reading.items if item.is_("shape", "trend")]
    return any(text != "history of" or draft.metrics for text in said)


def trend(draft: Draft) -> Intent | None:
    """ "volatility of AAPL over time", "rolling 63-day beta", "Sharpe by year", "plot KO"."""
    step, joined = _line_step(draft), _joined_years(draft)
    over_time = _over_time(draft) or draft.rolling or step or joined
    if not (over_time or _is_drawn(draft)) or _is_of_others(draft):
        return None
    draft.joined_windows = joined
    if joined and set(draft.metrics) <= {"total_return"}:
        return _yearly(draft)
    _claim_steps(draft)
    draft.reading.take("versus")
    subject(draft)
    name = _line(draft)
    if is_indicator(name):
        return None
    _check_line(draft, name)
    rolling = draft.params.get("rolling")
    if name not in LINES and not step and not joined:
        rolling = rolling or _rolling(draft)
    window = _side_by_side(draft) if joined else defaults.window(draft, records=bool(step))
    period = step or ("year" if joined else None)
    return build(draft, "trend", window, (name,), rolling=rolling, period=period)


def _line_step(draft: Draft) -> str | None:
    """The step that was said; "quarterly returns" are each quarter's own."""
    quarterly = draft.metrics == ["total_return"] and draft.period == "quarter"
    step = "quarter" if quarterly and not draft.extreme else _step(draft)
    if step == "quarter":
        draft.period = step
    return step


def _is_drawn(draft: Draft) -> bool:
    """A chart of something that is a line by itself, or returns day by day."""
    charted = draft.params.get("chart") in ("auto", "line", "area")
    line = charted and set(draft.metrics) <= LINES
    ordered = draft.universe or draft.vague or draft.side
    return (line and not ordered) or draft.metrics in (["day_return"], ["week_return"])


def _is_of_others(draft: Draft) -> bool:
    """Conditions, groups and all stocks have other shapes."""
    everyone = draft.universe and not draft.tickers
    return bool(everyone or draft.conditions or draft.scoped or draft.average)


def _check_line(draft: Draft, name: str) -> None:
    if name == "week_return":
        refuse(draft, "unsupported", "a list of weekly returns (I list them by day, month or year)")
    if draft.rolling and name in LINES:
        refuse(draft, "unsupported", "a rolling figure of that kind")


def _yearly(draft: Draft) -> Intent:
    """ "AAPL return 2020 vs 2021": the calendar years side by side."""
    draft.reading.take("versus")
    draft.reading.take("move")
    subject(draft)
    draft.metrics = []
    return build(draft, "calendar", _side_by_side(draft), (), period="year")


def _line(draft: Draft) -> str:
    if len(draft.metrics) > 1:
        refuse(draft, "unsupported", "two figures in one line over time")
    draft.reading.take("move")
    if not draft.metrics:
        if draft.vague in ("riskiest", "wild", "stable"):
            return "volatility"
        # Of a dollar; beside other words "growth" may be of sales.
        grown = draft.reading.take_words("growth")
        return "price" if len(draft.tickers) == 1 and not grown else "growth"
    name = draft.metrics[0]
    if name == "total_return" and not _step(draft) and draft.period != "quarter":
        draft.metrics = ["growth"]
        return "growth"
    return name


def _rolling(draft: Draft) -> int:
    others = ((f"{days} days", f"{days} days") for days in (21, 126, 252))
    defaults.chip(draft, "rolling", "63 days", "Over 63 trading days", *others)
    return 63


def _joined_years(draft: Draft) -> bool:
    """ "volatility in 2020 and 2021": two years next to each other, one figure for each."""
    years = sorted(w.end.year for w in draft.windows if w.rule == "year")
    if len(years) < 2 or len(years) != len(draft.windows) or not are_joined(draft):
        return False
    return years == list(range(years[0], years[0] + len(years)))


def _side_by_side(draft: Draft) -> Window:
    first, last = (pick(draft.windows, key=lambda w: w.end) for pick in (min, max))
    return dataclasses.replace(
        hull(draft.windows, draft.facts), label=f"{first.label} to {last.label}"
    )


def price(draft: Draft) -> Intent | None:
    """ "price of AAPL on 2020-03-23"; another figure of a single day is that day's return."""
    if draft.days and draft.window is None:
        return _on_day(draft)
    if draft.metrics != ["price"] or not draft.tickers or draft.averaged or _ordered(draft):
        return None
    if draft.window is not None:
        return _priced_until(draft, draft.window)
    last = draft.facts.last_date
    defaults.chip(draft, "date", last.isoformat(), f"Close of {last}")
    return _price(draft, Window(None, last, last.isoformat(), "range"), last.isoformat())


def _ordered(draft: Draft) -> bool:
    return bool(draft.side or draft.vague or draft.conditions)


def _priced_until(draft: Draft, window: Window) -> Intent | None:
    ended = window.rule == "since" and window.end < draft.facts.last_date
    if ended or window.rule == "until":
        return None
    return build(draft, "trend", window, ("price",))


def _on_day(draft: Draft) -> Intent | None:
    day = draft.days[0]
    first, last = draft.facts.first_date, draft.facts.last_date
    if not first <= day.end <= last:
        refuse(draft, "outside_data", day.label)
    if len(draft.days) > 1:
        refuse(draft, "two_windows", " and ".join(d.label for d in draft.days))
    label = day.end.isoformat()
    moved = draft.reading.has("move") or draft.ranked or draft.vague
    if draft.metrics == ["price"] or not (draft.metrics or moved):
        subject(draft)
        draft.reading.take("shape", "worth")
        return _price(draft, Window(None, day.end, label, "range"), label)
    if not all(m in _DAILY or is_indicator(m) for m in draft.metrics):
        refuse(draft, "unsupported", "that figure for a single day")
    draft.window = Window(day.end - calendar.DAY, day.end, label, "range")
    draft.windows = [draft.window]
    draft.days = []
    draft.metrics = ["total_return" if m == "day_return" else m for m in draft.metrics]
    return None


def _price(draft: Draft, window: Window, date: str) -> Intent:
    draft.metrics = []
    draft.reading.take("versus")
    return build(draft, "price", window, (), date=date)


def indicator(draft: Draft) -> Intent | None:
    """ "RSI of AAPL", "50-day moving average of GE", "Bollinger bands of KO"."""
    named = any(m.startswith("sma_") for m in draft.metrics)
    if draft.averaged and not draft.averages and not named:
        draft.metrics = [*draft.metrics, "sma_50", "sma_200"]
    names = [m for m in draft.metrics if is_indicator(m)]
    if not names or not draft.tickers or draft.scoped or _ordered(draft):
        return None
    if set(draft.metrics) - {*names, "price"}:
        return None
    draft.reading.take("shape", "trend")
    draft.reading.take("versus")
    days = next((n for n in map(moving_average_days, names) if n not in (None, 50, 200)), None)
    return build(draft, "indicator", defaults.window(draft), tuple(names), sma_days=days)
