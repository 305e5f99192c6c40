"""The short note under an answer: only the caveats that matter for this one."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.formats import listed
from analysis.metrics import SHORTEST_CAGR
from analysis.writing import periods
from analysis.writing.material import Material
from analysis.writing.wording import bound

_INDEX_MATTERS = {
    "total_return", "growth", "cagr", "alpha", "information_ratio", "sharpe", "sortino", "calmar",
    "max_drawdown", "momentum", "price",
}  # fmt: skip
_INDEX_ALONE = {"total_return", "growth", "cagr"}
_YEARS = {"calendar", "whatif"}
_RETURN_SHAPES = {"calendar", "seasonality", "extremes", "whatif", "streaks", "drawdowns"}
_RISK_FREE = {"sharpe", "sortino"}


def note(material: Material) -> str | None:
    """Sentences in the order of their weight; None where nothing needs saying."""
    if material.intent.shape in ("explain", "list"):
        return None
    sentences = list(dict.fromkeys([*material.result.caveats, *_sentences(material)]))
    return " ".join(sentences) or None


def _sentences(material: Material) -> Iterator[str]:
    for rule in (_left_out, _clipped, _short, _partial, _index, _still, _adjusted, _risk_free):
        sentence = rule(material)
        if sentence:
            yield sentence


def _left_out(material: Material) -> str | None:
    left = material.result.left_out
    if not left:
        return None
    names = listed([material.short(ticker) for ticker in left], most=8)
    return f"Left out, because prices cover less than 80 % of the window: {names}."


def _clipped(material: Material) -> str | None:
    """A window that reaches before the data, or before the first price of a stock shown."""
    window, facts = material.intent.window, material.facts
    if material.intent.shape == "price":
        return None
    early = window.start < facts.first_date if window.start else window.rule != "all"
    if early:
        return f"The data starts on {facts.first_date}, later than the window."
    begin, _ = periods.dates(window, facts)
    late = {t: day for t in _shown(material) if (day := facts.first_dates.get(t, begin)) > begin}
    told = [f"{material.short(ticker)} on {day}" for ticker, day in late.items()]
    return f"Prices start later than the window for {listed(told, most=4)}." if told else None


def _shown(material: Material) -> list[str]:
    columns = [name for name in ("ticker", "ticker_a", "ticker_b") if name in material.formats]
    return list(dict.fromkeys(str(row[name]) for row in material.rows for name in columns))


def _short(material: Material) -> str | None:
    asked = {*material.intent.metrics, *material.formats}
    nulls = "cagr" in material.formats and any(row["cagr"] is None for row in material.rows)
    begin, end = periods.dates(material.intent.window, material.facts)
    if (end - begin).days >= SHORTEST_CAGR:
        return None
    if nulls:
        instead = "; the total return is" if "total_return" in material.formats else ""
        return f"CAGR is not given for less than 365 days{instead}."
    if "calmar" in asked:
        return "Under 365 days the Calmar ratio uses the total return in place of CAGR."
    return None


def _partial(material: Material) -> str | None:
    parts = {str(row["period"]) for row in material.rows if row.get("partial") is True}
    if not parts or material.intent.shape != "calendar":
        return None
    return f"Only a part of {listed(sorted(parts), most=3)} is in the data."


def _index(material: Material) -> str | None:
    intent = material.intent
    indexes = [c.ticker for c in material.facts.companies if c.kind == "index"]
    shown = set(_shown(material))
    against = {"alpha", "information_ratio"} & {*intent.metrics, *material.formats}
    measured = against and material.intent.benchmark in indexes
    alone = shown <= set(indexes)
    matters = _INDEX_ALONE if alone else _INDEX_MATTERS
    shapes = _YEARS if alone else _RETURN_SHAPES
    shown |= {item.against for item in intent.conditions if item.against}
    compared = shown & set(indexes) and (
        (matters & set(material.formats) and intent.shape != "streaks") or intent.shape in shapes
    )
    if not (measured or compared):
        return None
    index = next(i for i in indexes if i in shown or i == material.intent.benchmark)
    name = material.name(index)
    return f"{name[0].upper()}{name[1:]} is a price index without dividends; stocks include them."


def _still(material: Material) -> str | None:
    """Prices that seldom move do so in large steps, which decides records and rankings."""
    begin, _ = periods.dates(material.intent.window, material.facts)
    shown = set(_shown(material))
    told = [
        f"{material.short(ticker)} on most days until {until}"
        for ticker, until in material.facts.still_until.items()
        if begin < until and ticker in shown
    ]
    if not told:
        return None
    return f"Prices stood still for {listed(told, most=4)}, so that moves were few and large."


def _adjusted(material: Material) -> str | None:
    stocks = [ticker for ticker in _shown(material) if not material.is_index(ticker)]
    if stocks and "price" in material.formats:
        return "Prices are adjusted for splits and dividends, not the prices quoted on the day."
    heights = {"high_52w", "low_52w", "all_time_high"} & set(material.formats)
    return "Highs and lows are of adjusted closes." if heights else None


def _risk_free(material: Material) -> str | None:
    assumed = any(item.slot == "risk_free" for item in material.intent.assumptions)
    if assumed or not _RISK_FREE & set(material.formats):
        return None  # what was assumed stands beside the answer
    rate = float(material.intent.param("risk_free", 0.0))
    return f"The risk-free rate is {bound(rate, 'percent')}."
