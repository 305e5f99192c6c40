"""Levels and rates: the confidence of VaR, the risk-free rate."""

from __future__ import annotations

from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item, Reading

_GAP = (
    "a", "an", "the", "of", "at", "with", "-", "/", "=", "level", "is", "and", "use", "using",
    "day", "to", "on", "rate", "for", "period",
)  # fmt: skip
_TAILS = ("var_95", "cvar_95")


def confidence(draft: Draft) -> None:
    """ "99% VaR", "VaR 99", "CVaR at the 97.5 % level"; 5 % and 1 % name the tail."""
    reading = draft.reading
    i = reading.find("metric", *_TAILS)
    if i is None:
        return
    _one_day(reading)
    for indexes in (_beside(reading, i, -1), _beside(reading, i, 1)):
        level = _level(reading, indexes)
        if level is not None:
            reading.claim(*(k for k in indexes if not _names_somebody(reading.items[k])))
            _claim_again(reading, level)
            if level != 0.95:
                draft.params["confidence"] = level
            return


def _names_somebody(item: Item) -> bool:
    return item.is_any("company", "sector", "industry", "universe")


def _claim_again(reading: Reading, level: float) -> None:
    """ "VaR 99 and CVaR 99": the same level said of both."""
    for i, item in enumerate(reading.items):
        same = item.number in (level, 100 * level)
        if same and reading.at(i - 1).is_("metric", *_TAILS):
            item.used = True


def _one_day(reading: Reading) -> None:
    """ "1-day VaR": the only horizon there is."""
    for i, item in enumerate(reading.items):
        if item.number == 1 and reading.at(i + 1).text == "day":
            reading.claim(i, i + 1)
        elif item.number == 1 and item.unit == "day":
            item.used = True


def _beside(reading: Reading, i: int, step: int) -> list[int]:
    """The items next to `i` up to and including the first number (and its percent sign)."""
    found: list[int] = []
    for j in range(i + step, i + 7 * step, step):
        item = reading.at(j)
        if item.number is not None:
            return [*found, j, *(_after_number(reading, j) if step > 0 else ())]
        if not _is_filler(item):
            return []
        found.append(j)
    return []


def _is_filler(item: Item) -> bool:
    passed = item.is_("percent") or item.is_("setting", "confidence")
    return passed or item.text in _GAP or _names_somebody(item)


def _after_number(reading: Reading, i: int) -> list[int]:
    """The percent sign and "confidence" behind a number."""
    end = i + 1
    if reading.at(end).is_("percent"):
        end += 1
    if reading.at(end).is_("setting", "confidence"):
        end += 1
    return list(range(i + 1, end))


def _level(reading: Reading, indexes: list[int]) -> float | None:
    items = [reading.items[i] for i in indexes]
    number = next((item.number for item in items if item.number is not None), None)
    other = any(item.is_("unit") or item.unit in ("year", "month", "$") for item in items)
    if number is None or other:
        return None
    level = number / 100 if number >= 1 else number
    level = 1 - level if level <= 0.1 else level
    return round(level, 6) if 0.9 <= level < 1 else None


def risk_free(draft: Draft) -> None:
    """ "risk-free rate of 3 %", "3% risk free": an annual rate."""
    reading = draft.reading
    i = reading.find("setting", "risk_free")
    if i is None:
        return
    for indexes in (_beside(reading, i, 1), _beside(reading, i, -1)):
        items = [reading.items[k] for k in indexes]
        number = next((item.number for item in items if item.number is not None), None)
        if number is not None:
            percent = number >= 0.5 or any(item.is_("percent") for item in items)
            reading.claim(i, *indexes)
            draft.params["risk_free"] = round(number / 100 if percent else number, 8)
            return
