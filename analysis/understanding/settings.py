"""Parameters of a computation: rolling windows, moving averages, VaR levels, rates, frequencies."""

from __future__ import annotations

from analysis.intent import Question
from analysis.understanding.draft import Draft, Stop
from analysis.understanding.reading import Item, Reading
from analysis.understanding.refusing import refusal
from analysis.understanding.spans import amount_of_time

TRADING_DAYS = {"day": 1, "trading_day": 1, "week": 5, "month": 21, "quarter": 63, "year": 252}
ROLLING = (21, 30, 63, 126, 252)
_LENGTHS = ", ".join(map(str, ROLLING))
MOMENTUM = (1, 3, 6, 12)
_GAP = (
    "a",
    "an",
    "the",
    "of",
    "at",
    "with",
    "-",
    "/",
    "=",
    "level",
    "is",
    "and",
    "use",
    "using",
    "day",
    "to",
    "on",
    "rate",
    "for",
    "period",
)
_SCALED = ("volatility", "sharpe", "sortino", "tracking_error", "information_ratio", "alpha")
_SAMPLED = (
    "volatility",
    "sharpe",
    "sortino",
    "beta",
    "alpha",
    "correlation",
    "tracking_error",
    "information_ratio",
    "skewness",
    "kurtosis",
    "var_95",
    "cvar_95",
    "up_capture",
    "down_capture",
)


def find_settings(draft: Draft) -> None:
    _moving_averages(draft)
    _momentum(draft)
    _rsi(draft)
    _rolling(draft)
    _confidence(draft)
    _risk_free(draft)
    _returns(draft)


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
        _days(item) or item.text in ("and", "-", "/", "&", "day")
    ):
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


def _confidence(draft: Draft) -> None:
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
            reading.claim(*(k for k in indexes if not reading.items[k].is_("company")))
            if level != 0.95:
                draft.params["confidence"] = level
            return


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
            or item.is_("company")
            or item.is_("percent")
            or item.is_("setting", "confidence")
        )
        if item.number is None and not filler:
            return []
        found.append(j)
        if item.number is not None:
            after = reading.at(j + 1)
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


def _risk_free(draft: Draft) -> None:
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


def _returns(draft: Draft) -> None:
    """Log returns; weekly or monthly returns under a figure that is computed from returns."""
    reading = draft.reading
    if reading.take("setting", "log"):
        draft.params["returns"] = "log"
    reading.take("setting", "simple")
    sampled = any(
        item.tags.get("metric") in _SAMPLED
        or ("vague" in item.tags and item.tags["vague"] in ("safest", "riskiest", "stable"))
        for item in reading.items
    )
    for name in ("weekly", "monthly", "daily"):
        if sampled and reading.take("setting", name) and name != "daily":
            draft.params["frequency"] = name
    _frequency_adjective(draft)


def _frequency_adjective(draft: Draft) -> None:
    """ "monthly volatility" has two meanings that differ: ask; "monthly beta" has one."""
    items = draft.reading.items
    figures = {i.tags.get("metric") for i in items} & set(_SAMPLED)
    for i, item in enumerate(items):
        name = item.tags.get("frequency")
        if item.used or name not in ("weekly", "monthly", "daily") or not figures:
            continue
        after = draft.reading.at(i + 1)
        beside = after.tags.get("metric") if after is not None else None
        if beside in _SCALED:
            _ask_frequency(draft, item)
        elif beside in _SAMPLED or after is None or "average" not in after.tags:
            item.used = True
            if name != "daily":
                draft.params["frequency"] = name


def _ask_frequency(draft: Draft, item: Item) -> None:
    said = draft.overrides.get("frequency")
    name = item.tags["frequency"]
    item.used = True
    if said is not None or (name == "daily" and draft.reading.has("metric", "beta")):
        return
    other = "weekly" if name == "daily" else name
    raise Stop(
        Question(
            "frequency",
            "Which returns should the figure be computed from? It is a yearly figure either way.",
            (
                (f"{other} returns", f"from {other} returns"),
                ("daily returns", "from daily returns"),
            ),
            f"{name} returns",
        )
    )
