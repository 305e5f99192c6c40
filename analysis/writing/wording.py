"""What a metric is called inside a sentence: nouns, units, superlatives."""

from __future__ import annotations

from analysis.formats import lowered, signed
from analysis.intent import Condition, Intent
from analysis.metrics import METRICS, average_gap_days, metric, moving_average_days

# Labels are headings; these read better in running text.
_NOUNS = {
    "growth": "growth of $1",
    "cagr": "CAGR",
    "var_95": "1-day value at risk",
    "cvar_95": "1-day expected shortfall",
    "max_drawdown": "maximum drawdown",
    "rsi": "RSI (14)",
    "macd": "MACD",
    "macd_signal": "MACD signal",
    "macd_histogram": "MACD histogram",
    "bollinger_upper": "upper Bollinger band",
    "bollinger_lower": "lower Bollinger band",
    "sharpe": "Sharpe ratio",
    "sortino": "Sortino ratio",
    "calmar": "Calmar ratio",
}
_STEPS = {"weekly": "1-week", "monthly": "1-month"}
_YEARLY = {"volatility", "cagr", "alpha", "tracking_error"}

# Negative figures: the smaller the number, the deeper the fall.
FALLS = {"max_drawdown", "current_drawdown", "var_95", "cvar_95", "worst_day"}
_BOUNDS = {"<": "under", "<=": "at most", ">": "over", ">=": "at least"}
_FALLS = {
    "<": "deeper than",
    "<=": "at least as deep as",
    ">": "less deep than",
    ">=": "no deeper than",
}

# (largest number, smallest number): a fall is a negative number, so its largest is the mildest.
_SUPERLATIVES = {
    "max_drawdown": ("smallest", "deepest"),
    "current_drawdown": ("smallest", "deepest"),
    "var_95": ("mildest", "worst"),
    "cvar_95": ("mildest", "worst"),
    "high_52w": ("smallest", "largest"),
    "all_time_high": ("smallest", "largest"),
    "low_52w": ("largest", "smallest"),
    "best_day": ("best", "weakest"),
    "worst_day": ("mildest", "worst"),
}

# Figures of one day: a window would be misleading beside them.
OF_ONE_DAY = {
    "price", "momentum", "rsi", "macd", "macd_signal", "macd_histogram", "bollinger_upper",
    "bollinger_lower", "high_52w", "low_52w", "all_time_high", "current_drawdown",
}  # fmt: skip


def of_one_day(name: str) -> bool:
    """Whether it is a figure of the window's last day only."""
    days = moving_average_days(name) or average_gap_days(name)
    return name in OF_ONE_DAY or days is not None


def noun(name: str, intent: Intent) -> str:
    """The metric with the parameters that change what it means: "63-day rolling volatility"."""
    base = _NOUNS.get(name) or _label(name)
    if intent.shape == "trend" and name.endswith("drawdown"):
        base = "drawdown"  # of each day, from the peak so far
    if name in ("var_95", "cvar_95"):
        step = _STEPS.get(str(intent.param("frequency")), "1-day")
        base = f"{base.replace('1-day', step)} ({_level(intent)})"
    if name == "momentum":
        base = f"{_months(intent)} momentum"
    return f"{_rolling(intent)}{base}{_basis(name, intent)}"


def _label(name: str) -> str:
    try:
        label = metric(name).label
    except KeyError:
        label = name.replace("_", " ")
    return lowered(label)


def _level(intent: Intent) -> str:
    return f"{100 * float(intent.param('confidence', 0.95)):g} %"


def _months(intent: Intent) -> str:
    months = str(intent.param("months", 12))
    return months if "-" in months else f"{months}-month"


def _rolling(intent: Intent) -> str:
    days = intent.param("rolling") if intent.shape == "trend" else None
    return f"{days}-day rolling " if days else ""


def _basis(name: str, intent: Intent) -> str:
    """Returns other than simple daily ones are named wherever a figure is built on returns."""
    if name in OF_ONE_DAY or name in ("total_return", "growth", "cagr", "max_drawdown"):
        return ""
    frequency = intent.param("frequency", "daily")
    log = "log" if intent.param("returns") == "log" else ""
    words = [word for word in (frequency if frequency != "daily" else "", log) if word]
    return f" of {' '.join(words)} returns" if words else ""


def needs_benchmark(name: str) -> bool:
    return name in METRICS and METRICS[name].needs_benchmark


def superlative(name: str, order: str) -> str:
    """The word for the first of an order: the highest volatility, the deepest drawdown."""
    largest, smallest = _SUPERLATIVES.get(name, ("highest", "lowest"))
    return largest if order == "desc" else smallest


def of_two(superlative: str) -> str:
    """The comparative, where only two take part."""
    irregular = {"best": "better", "worst": "worse", "weakest": "weaker"}
    return irregular.get(superlative) or superlative.removesuffix("st") + "r"


def striking(name: str) -> str:
    """The end of a ranking that people ask for: the deepest falls, the highest of the rest."""
    return superlative(name, "asc" if name in FALLS else "desc")


def unit(name: str) -> str:
    """What follows the figure: " a year" for yearly rates."""
    return " a year" if name in _YEARLY else ""


def article(words: str) -> str:
    """ "a" or "an", by sound for the abbreviations that metrics use."""
    vowel = words[:1].lower() in "aeio" or words.startswith(("RSI", "up", "upper", "8-", "11-"))
    return "an" if vowel else "a"


def condition(item: Condition, intent: Intent) -> str:
    """ "volatility under 20 %"."""
    days = average_gap_days(item.metric)
    if days and item.value == 0 and item.against is None:
        side = "above" if item.op.startswith(">") else "below"
        return f"the price {side} the {days}-day moving average"
    words = _FALLS if item.metric in FALLS else _BOUNDS
    return f"{noun(item.metric, intent)} {words.get(item.op, item.op)} {_limit(item)}"


def _limit(item: Condition) -> str:
    if item.against is not None:
        return f"{item.against}'s"
    kind = METRICS[item.metric].format if item.metric in METRICS else "ratio"
    bounds = (item.value, item.upper or 0.0) if item.op == "between" else (item.value,)
    return " and ".join(bound(value, kind) for value in bounds)


def bound(value: float, kind: str) -> str:
    """A bound as the person gave it: 20 %, not 20.0 %."""
    if kind == "percent":
        return signed(f"{float(f'{100 * value:.6g}'):,g} %")
    return signed(f"${value:,g}" if kind == "money" else f"{value:g}")
