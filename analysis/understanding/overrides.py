"""Overrides: an edited chip or the answer to a question, in the same language."""

from __future__ import annotations

from collections.abc import Callable

from analysis.understanding.cutting import cut
from analysis.understanding.draft import Draft
from analysis.understanding.finding import find_all
from analysis.understanding.settings import ROLLING
from analysis.understanding.stopping import refuse
from analysis.understanding.tokens import tokenise


def apply_overrides(draft: Draft) -> None:
    """Puts each phrase in its slot; an unknown slot or phrase is refused by name."""
    for slot, phrase in draft.overrides.items():
        if slot not in _APPLY:
            refuse(draft, "bad_override", f"the slot “{slot[:40]}”")
        if not _APPLY[slot](draft, _part(draft, phrase), phrase):
            refuse(draft, "bad_override", f"“{phrase[:60]}” as {slot}")


def _part(draft: Draft, phrase: str) -> Draft:
    """The phrase read by the same rules, as a draft of its own."""
    part = Draft(cut(tokenise(phrase[:200]), draft.reading.names), draft.facts, phrase)
    find_all(part)
    return part


def _window(draft: Draft, part: Draft, phrase: str) -> bool:
    if len(part.windows) != 1 or part.reading.left_over():
        return False
    draft.window, draft.windows, draft.days = part.windows[0], part.windows[:1], []
    return True


def _metric(draft: Draft, part: Draft, phrase: str) -> bool:
    if not part.metrics or part.reading.left_over():
        return False
    draft.metrics = part.metrics
    draft.params.update(part.params)
    return True


def _limit(draft: Draft, part: Draft, phrase: str) -> bool:
    number = _number(part)
    if number is None or number != int(number) or not 1 <= number <= 1000:
        return False
    draft.limit = int(number)
    return True


def _order(draft: Draft, part: Draft, phrase: str) -> bool:
    side = part.side or {"best": "high", "worst": "low"}.get(part.vague or "") or part.listed
    if phrase in ("desc", "asc"):
        side = "high" if phrase == "desc" else "low"
    if side not in ("high", "low", "top", "bottom"):
        return False
    draft.side = {"top": "high", "bottom": "low"}.get(side, side)
    draft.vague = draft.ranked = None
    return True


def _universe(draft: Draft, part: Draft, phrase: str) -> bool:
    everything = part.reading.has("everything") or part.reading.has("universe")
    if not (part.tickers or part.scoped or part.exclude or everything):
        return False
    draft.tickers, draft.sectors, draft.industries = part.tickers, part.sectors, part.industries
    draft.exclude = part.exclude
    draft.universe = True
    return True


def _aggregation(draft: Draft, part: Draft, phrase: str) -> bool:
    kinds = [i.tags["average"] for i in part.reading.items if i.is_("average")]
    kind = next((k for k in ("rebalanced", "portfolio", "median", "mean") if k in kinds), None)
    if kind is None:
        return False
    draft.params["aggregation"] = kind
    return True


def _mode(draft: Draft, part: Draft, phrase: str) -> bool:
    for tag, mode in (("save", "monthly"), ("lump", "lump")):
        if part.reading.has("shape", tag):
            draft.params["mode"] = mode
            return True
    return False


def _benchmark(draft: Draft, part: Draft, phrase: str) -> bool:
    if len(part.tickers) != 1:
        return False
    draft.params["benchmark"] = part.tickers[0]
    return True


def _frequency(draft: Draft, part: Draft, phrase: str) -> bool:
    words = [i.tags.get("setting") or i.tags.get("frequency") for i in part.reading.items]
    name = next((w for w in words if w in ("daily", "weekly", "monthly")), None)
    if name is None:
        return False
    if name != "daily":
        draft.params["frequency"] = name
    return True


def _risk_free(draft: Draft, part: Draft, phrase: str) -> bool:
    return _share(draft, part, "risk_free", 0.0, 0.5)


def _confidence(draft: Draft, part: Draft, phrase: str) -> bool:
    return _share(draft, part, "confidence", 0.9, 0.999)


def _share(draft: Draft, part: Draft, name: str, low: float, high: float) -> bool:
    number = _number(part)
    if number is None:
        return False
    percent = part.reading.has("percent") or number >= 1
    value = round(number / 100 if percent else number, 8)
    if not low <= value <= high:
        return False
    if value or name != "risk_free":
        draft.params[name] = value
    return True


def _ticker(draft: Draft, part: Draft, phrase: str) -> bool:
    if not part.tickers:
        return False
    if not draft.tickers:
        draft.tickers = part.tickers
    return True


def _date(draft: Draft, part: Draft, phrase: str) -> bool:
    draft.days = part.days
    return bool(part.days)


def _period(draft: Draft, part: Draft, phrase: str) -> bool:
    item = next((i for i in part.reading.items if i.is_any("unit", "by")), None)
    if item is None:
        return False
    draft.period = item.tags.get("unit") or item.tags["by"]
    return True


def _rolling(draft: Draft, part: Draft, phrase: str) -> bool:
    number = _number(part)
    if number is None or int(number) not in ROLLING:
        return False
    draft.params["rolling"] = int(number)
    draft.rolling = True
    return True


def _direction(draft: Draft, part: Draft, phrase: str) -> bool:
    return part.reading.has("shape", "up_streak", "down_streak", "golden", "death")


def _number(part: Draft) -> float | None:
    return next((i.number for i in part.reading.items if i.number is not None), None)


_APPLY: dict[str, Callable[[Draft, Draft, str], bool]] = {
    "window": _window, "metric": _metric, "limit": _limit, "order": _order,
    "universe": _universe, "aggregation": _aggregation, "mode": _mode, "benchmark": _benchmark,
    "frequency": _frequency, "risk_free": _risk_free, "ticker": _ticker, "date": _date,
    "confidence": _confidence, "period": _period, "rolling": _rolling, "direction": _direction,
}  # fmt: skip
