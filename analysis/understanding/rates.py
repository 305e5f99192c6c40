"""Levels and rates: the confidence of VaR, the risk-free rate."""

from __future__ import annotations

from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item, Reading

_GAP = (
    "a", "an", "the", "of", "at", "with", "-", "/", "=", "level", "is", "and", "use", "using",
    "day", "to", "on", "rate", "for", "period",
)  # fmt: skip


def confidence(draft: Draft) -> None:
    """ "99% VaR", "VaR 99", "CVaR at the 97.5 % level"; 5 % and 1 % name the tail."""
    reading = draft.reading
    i = next(
        (
            i
            for i, item in enumerate(reading.items)
            if item.tags.get("metric") in ("var_95", "cvar_95")
        ),
        None,
    )
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
    return any(tag in item.tags for tag in ("company", "sector", "industry", "universe"))


def _claim_again(reading: Reading, level: float) -> None:
    """ "VaR 99 and CVaR 99": the same level said of both."""
    for i, item in enumerate(reading.items):
        before = reading.at(i - 1)
        same = item.number in (level, 100 * level) and not item.used
        if same and before is not None and before.tags.get("metric") in ("var_95", "cvar_95"):
            item.used = True


def _one_day(reading: Reading) -> None:
    """ "1-day VaR": the only horizon there is."""
    for i, item in enumerate(reading.items):
        after = reading.at(i + 1)
        if item.number == 1 and after is not None and after.text == "day":
            reading.claim(i, i + 1)
        elif item.number == 1 and item.unit == "day":
            item.used = True


def _beside(reading: Reading, i: int, step: int) -> list[int]:
    """The items next to `i` up to and including the first number (and its percent sign)."""
    found: list[int] = []
    j = i + step
    while (item := reading.at(j)) is not None and len(found) < 6:
        filler = (
            item.text in _GAP
            or _names_somebody(item)
            or item.is_("percent")
            or item.is_("setting", "confidence")
        )
        if item.number is None and not filler:
            return []
        found.append(j)
        if item.number is not None:
            after = reading.at(j + 1)
            if step > 0 and after is not None and after.is_("setting", "confidence"):
                found.append(j + 1)
            if step > 0 and after is not None and after.is_("percent"):
                found.append(j + 1)
                last = reading.at(j + 2)
                if last is not None and last.is_("setting", "confidence"):
                    found.append(j + 2)
            return found
        j += step
    return []


def _level(reading: Reading, indexes: list[int]) -> float | None:
    if any(reading.items[i].is_("unit") for i in indexes):
        return None
    number = next(
        (reading.items[i].number for i in indexes if reading.items[i].number is not None), None
    )
    if number is None or any(reading.items[i].unit in ("year", "month", "$") for i in indexes):
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
        numbers = [reading.items[k] for k in indexes if reading.items[k].number is not None]
        if numbers and numbers[0].number is not None:
            percent = (
                any(reading.items[k].is_("percent") for k in indexes) or numbers[0].number >= 0.5
            )
            rate = numbers[0].number / 100 if percent else numbers[0].number
            reading.claim(i, *indexes)
            draft.params["risk_free"] = round(rate, 8)
            return
