"""Parameters of a computation: rolling windows, moving averages, VaR levels, rates, frequencies."""

from __future__ import annotations

from analysis.understanding.draft import Draft, Stop
from analysis.understanding.rates import confidence, risk_free
from analysis.understanding.reading import Item, Reading
from analysis.understanding.refusing import refusal
from analysis.understanding.returns import returns
from analysis.understanding.spans import amount_of_time

TRADING_DAYS = {"day": 1, "trading_day": 1, "week": 5, "month": 21, "quarter": 63, "year": 252}
ROLLING = (21, 30, 63, 126, 252)
_LENGTHS = ", ".join(map(str, ROLLING))
MOMENTUM = (1, 3, 6, 12)


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
            reading.claim(i, *[index for index, _ in days])
            for _, number in days:
                draft.averages.append(number)
            draft.averaged = True


def _numbers_before(reading: Reading, i: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    j = i - 1
    while (item := reading.at(j)) is not None and (
        _days(item) or item.kind == "ratio" or item.text in ("and", "-", "/", "&", "day")
    ):
        if item.kind == "ratio" and "/" in item.text:
            found[:0] = [(j, int(part)) for part in item.text.split("/")]
        if number := _days(item):
            found.insert(0, (j, number))
        j -= 1
    return found


def _numbers_after(reading: Reading, i: int) -> list[tuple[int, int]]:
    item = reading.at(i + 1)
    number = _days(item) if item else None
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
                raise Stop(refusal("unsupported", draft, label=f"momentum over {months} months"))
            reading.claim(*range(start, end))
            draft.params["months"] = months
            return


def _months(reading: Reading, i: int) -> tuple[int | str | None, int]:
    parts = [reading.at(i + step) for step in range(3)]
    if all(parts) and [p.text for p in parts if p] == ["12", "-", "1"]:
        after = reading.at(i + 3)
        return "12-1", i + 4 if after is not None and after.text == "month" else i + 3
    item = reading.at(i)
    if item is not None and item.text in ("12 month", "twelve month", "1 year", "one year"):
        return 12, i + 1
    count, unit, end = amount_of_time(reading, i)
    months = count * {"month": 1, "year": 12, "quarter": 3}.get(unit, 0)
    before = reading.at(i - 1)
    named = item is not None and item.number is not None and not (before and before.is_("trailing"))
    return (months, end) if months and named else (None, i)


def _rsi(draft: Draft) -> None:
    """RSI over 14 days and MACD 12/26/9 are the ones computed; other lengths are left over."""
    for metric, days in (("rsi", ("14",)), ("macd", ("12", "26", "9")), ("bollinger", ("20", "2"))):
        i = draft.reading.find("metric", metric)
        for step in (-3, -2, -1, 1, 2, 3, 4, 5) if i is not None else ():
            item = draft.reading.at((i or 0) + step)
            if item is not None and item.number is not None and item.text in days:
                item.used = True
                _claim_unit(draft.reading, (i or 0) + step + 1)


def _claim_unit(reading: Reading, i: int) -> None:
    i = reading.skip(i, words=("-",))
    item = reading.at(i)
    if item is not None and item.is_("unit", "day"):
        item.used = True


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
            if days not in ROLLING:
                raise Stop(
                    refusal(
                        "unsupported",
                        draft,
                        label=f"a rolling window of {days} days (I have {_LENGTHS})",
                    )
                )
            reading.claim(*range(start, end))
            draft.params["rolling"] = days
            return
    _rolling_later(draft, i)


def _rolling_later(draft: Draft, i: int) -> None:
    """ "rolling correlation of A and B over 126 days": days that stand by themselves."""
    for start in range(i + 1, len(draft.reading.items)):
        count, unit, end = amount_of_time(draft.reading, start)
        before = draft.reading.at(start - 1)
        trailing = before is not None and before.is_("trailing")
        if count and unit in ("day", "trading_day") and not trailing:
            if count not in ROLLING:
                label = f"a rolling window of {count} days (I have {_LENGTHS})"
                raise Stop(refusal("unsupported", draft, label=label))
            draft.reading.claim(*range(start, end))
            draft.params["rolling"] = count
            return


def _rolling_days(reading: Reading, i: int) -> tuple[int, int]:
    item = reading.at(i)
    if item is not None and item.text in (
        "12 month",
        "52 week",
        "twelve month",
        "1 year",
        "one year",
    ):
        return 252, i + 1
    count, unit, end = amount_of_time(reading, i)
    return count * TRADING_DAYS.get(unit, 0), end
