"""Parameters of a computation: rolling windows, moving averages, VaR levels, rates, frequencies."""

from __future__ import annotations

from analysis.understanding.draft import Draft
from analysis.understanding.rates import confidence, risk_free
from analysis.understanding.reading import Item, Reading
from analysis.understanding.returns import returns
from analysis.understanding.spans import amount_of_time
from analysis.understanding.stopping import refuse

TRADING_DAYS = {"day": 1, "trading_day": 1, "week": 5, "month": 21, "quarter": 63, "year": 252}
ROLLING = (21, 30, 63, 126, 252)
MOMENTUM = (1, 3, 6, 12)
_A_YEAR = ("12 month", "twelve month", "1 year", "one year")
# The lengths that are computed; others are left over, and so refused.
_LENGTHS_OF = {"rsi": ("14",), "macd": ("12", "26", "9"), "bollinger": ("20", "2")}


def find_settings(draft: Draft) -> None:
    _moving_averages(draft)
    _momentum(draft)
    _rsi(draft)
    _rolling(draft)
    confidence(draft)
    risk_free(draft)
    returns(draft)


def _moving_averages(draft: Draft) -> None:
    """ "50 day moving average", "sma 200", "the 20 and 100 day averages"."""
    reading = draft.reading
    for i, item in enumerate(reading.items):
        if item.is_("moving_average"):
            days = _numbers_before(reading, i) or _numbers_after(reading, i)
            reading.claim(i, *(index for index, _ in days))
            draft.averages += [number for _, number in days]
            draft.averaged = True


def _numbers_before(reading: Reading, i: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    j = i - 1
    while _is_length(item := reading.at(j)):
        if item.kind == "ratio" and "/" in item.text:
            found[:0] = [(j, int(part)) for part in item.text.split("/")]
        if number := _days(item):
            found.insert(0, (j, number))
        j -= 1
    return found


def _is_length(item: Item) -> bool:
    joint = item.text in ("and", "-", "/", "&", "day")
    return joint or item.kind == "ratio" or _days(item) is not None


def _numbers_after(reading: Reading, i: int) -> list[tuple[int, int]]:
    number = _days(reading.at(i + 1))
    return [(i + 1, number)] if number else []


def _days(item: Item) -> int | None:
    if item.number is None or item.unit not in ("", "day") or item.number != int(item.number):
        return None
    return int(item.number) if 1 <= item.number <= 999 else None


def _momentum(draft: Draft) -> None:
    """ "6-month momentum", "momentum over 3 months", "12-1 momentum"."""
    reading = draft.reading
    i = reading.find("metric", "momentum")
    if i is None:
        return
    for start in range(max(0, i - 4), i + 7):
        months, end = _months(reading, start)
        if months and (end <= i <= end + 1 or i < start):
            if months not in (*MOMENTUM, "12-1"):
                refuse(draft, "unsupported", f"momentum over {months} months")
            reading.claim(*range(start, end))
            draft.params["months"] = months
            return


def _months(reading: Reading, i: int) -> tuple[int | str | None, int]:
    if [item.text for item in reading.items[i : i + 3]] == ["12", "-", "1"]:
        return "12-1", i + 4 if reading.at(i + 3).text == "month" else i + 3
    item = reading.at(i)
    if item.text in _A_YEAR:
        return 12, i + 1
    count, unit, end = amount_of_time(reading, i)
    months = count * {"month": 1, "year": 12, "quarter": 3}.get(unit, 0)
    named = item.number is not None and not reading.at(i - 1).is_("trailing")
    return (months, end) if months and named else (None, i)


def _rsi(draft: Draft) -> None:
    """ "RSI 14", "14-day RSI", "MACD 12/26/9": the lengths stand around the name."""
    for metric, days in _LENGTHS_OF.items():
        i = draft.reading.find("metric", metric)
        for j in range(i - 3, i + 6) if i is not None else ():
            item, unit = draft.reading.at(j), draft.reading.after(j, ("-",))
            if item.number is not None and item.text in days:
                item.used = True
                unit.used = unit.used or unit.is_("unit", "day")


def _rolling(draft: Draft) -> None:
    """ "rolling 63-day volatility", "30 day rolling beta", "rolling 1-year correlation"."""
    reading = draft.reading
    i = reading.find("shape", "rolling")
    if i is None:
        return
    reading.claim(i)
    draft.rolling = True
    for start in (i + 1, i - 3, i - 2, i - 1):
        days, end = _rolling_days(reading, start)
        if days and start >= 0 and (start > i or reading.skip(end, words=("-",)) == i):
            _roll_over(draft, days, start, end)
            return
    _rolling_later(draft, i)


def _rolling_later(draft: Draft, i: int) -> None:
    """ "rolling correlation of A and B over 126 days": days that stand by themselves."""
    for start in range(i + 1, len(draft.reading.items)):
        count, unit, end = amount_of_time(draft.reading, start)
        trailing = draft.reading.at(start - 1).is_("trailing")
        if count and unit in ("day", "trading_day") and not trailing:
            _roll_over(draft, count, start, end)
            return


def _roll_over(draft: Draft, days: int, start: int, end: int) -> None:
    if days not in ROLLING:
        known = ", ".join(map(str, ROLLING))
        refuse(draft, "unsupported", f"a rolling window of {days} days (I have {known})")
    draft.reading.claim(*range(start, end))
    draft.params["rolling"] = days


def _rolling_days(reading: Reading, i: int) -> tuple[int, int]:
    if reading.at(i).text in (*_A_YEAR, "52 week"):
        return 252, i + 1
    count, unit, end = amount_of_time(reading, i)
    return count * TRADING_DAYS.get(unit, 0), end
