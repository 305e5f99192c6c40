"""What one stock did, as a verb phrase: "returned 45.1 %", "stood 27.3 % below its high"."""

from __future__ import annotations

from analysis.formats import MISSING, date, figure, money
from analysis.writing import wording
from analysis.writing.material import Material, Row

# The figure fills the gap. Distances are told without their sign, in words.
_VERBS = {
    "growth": "turned $1 into {}",
    "total_return": "returned {}",
    "mean_return": "returned {} on the average day",
    "up_day_share": "rose on {} of days",
    "tracking_error": "strayed from {benchmark} by {}",
}
_BELOW = {
    "high_52w": "52-week high",
    "all_time_high": "all-time high",
    "current_drawdown": "peak",
}


def predicate(material: Material, row: Row, name: str) -> str:
    """One metric of one row; figures that are missing say so."""
    if row.get(name) is None:
        return f"has no {material.noun(name)}"
    if name in _BELOW:
        return _distance(row[name], _BELOW[name]) + _level(row, name)
    if name == "low_52w":
        return f"stood {figure(abs(row[name]), 'percent')} above its 52-week low" + _level(
            row, name
        )
    text = material.text(row, name)
    if name in _VERBS:
        return _VERBS[name].format(text, benchmark=material.name(material.intent.benchmark))
    noun = material.noun(name)
    return f"had {wording.article(noun)} {noun} of {text}"


def _distance(share: float, place: str) -> str:
    if share == 0:
        return f"stood at its {place}"
    return f"stood {figure(abs(share), 'percent')} below its {place}"


def _level(row: Row, name: str) -> str:
    """The high or low itself, where the table has it."""
    price, day = row.get(f"{name}_price"), row.get(f"{name}_date")
    return f" of {money(price)} ({date(day)})" if price and day else ""


def brief(material: Material, row: Row, name: str) -> str:
    """A metric in a list of metrics: "a volatility of 30.1 % a year"."""
    text, noun = material.text(row, name), material.noun(name)
    return f"no {noun}" if text == MISSING else f"{wording.article(noun)} {noun} of {text}"
