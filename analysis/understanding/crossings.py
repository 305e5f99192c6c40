"""Crossings of moving averages, and streaks of days up or down."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding import defaults
from analysis.understanding.bounds import MOVE
from analysis.understanding.building import ask, build
from analysis.understanding.draft import Draft
from analysis.understanding.subject import subject


def crossings(draft: Draft) -> Intent | None:
    """ "golden crosses in MSFT since 2018", "when did KO cross above its 200-day average"."""
    reading = draft.reading
    kinds = [
        item.tags["shape"]
        for item in reading.items
        if item.tags.get("shape") in ("golden", "death", "cross", "cross_up", "cross_down")
        and not item.used
    ]
    if not kinds or not (draft.averaged or {"golden", "death", "cross"} & set(kinds)):
        return None
    for kind in dict.fromkeys(kinds):
        reading.take("shape", kind)
    for tag in ("when", "count", "times", "list"):
        reading.take("shape", tag)
    for item in reading.items:
        item.used = item.used or item.text == "date"
    if _defines(draft):
        return build(draft, "explain", defaults.whole(draft), (), topic="crossing")
    latest = _claim_last(draft)
    fast, slow = _averages(draft)
    draft.averages, draft.metrics = [], [m for m in draft.metrics if not m.startswith("sma_")]
    subject(draft)
    return build(
        draft, "crossings", defaults.window(draft, records=latest), (),
        fast=fast, slow=slow, direction=_direction(kinds),
    )  # fmt: skip


def _defines(draft: Draft) -> bool:
    """ "what is a golden cross" asks for the word, "golden crosses of KO" for the days."""
    named = draft.tickers or draft.scoped or draft.universe or draft.windows
    words = [item.text for item in draft.reading.items]
    asks = words[:1] in (["what"], ["whats"], ["define"], ["explain"])
    if named or not (asks or draft.reading.has("shape", "explain")):
        return False
    draft.reading.take("shape", "explain")
    return True


def _claim_last(draft: Draft) -> bool:
    """ "the last death cross": looked for in the whole history, the latest is told first."""
    found = [i for i in draft.reading.items if i.is_("trailing") and not i.used]
    for item in found:
        item.used = True
    return bool(found)


def _averages(draft: Draft) -> tuple[int, int]:
    """One average: the price against it."""
    days = sorted(draft.averages)
    if len(days) >= 2:
        return days[0], days[-1]
    return (0, days[0]) if days else (50, 200)


def _direction(kinds: list[str]) -> str:
    up, down = {"golden", "cross_up"} & set(kinds), {"death", "cross_down"} & set(kinds)
    if up and not down:
        return "golden"
    return "death" if down and not up else "both"


def streaks(draft: Draft) -> Intent | None:
    """ "longest winning streak of KO", "how many days in a row did GE fall"."""
    reading = draft.reading
    kinds = {item.tags["shape"] for item in reading.items if "streak" in item.tags.get("shape", "")}
    if not kinds:
        return None
    for tag in ("up_streak", "down_streak", "streak", "count", "when", "times"):
        reading.take("shape", tag)
    for item in reading.items:
        item.used = item.used or item.text in ("at most", "at the most")
    direction = _streak_direction(draft, kinds)
    reading.take("unit", "day")
    reading.take("unit", "trading_day")
    reading.take("move")
    reading.take("frequency", "daily")
    subject(draft)
    records = draft.side == "high" or draft.vague in ("best", "worst")
    return build(draft, "streaks", defaults.window(draft, records=records), (), direction=direction)


def _streak_direction(draft: Draft, kinds: set[str]) -> str:
    said = draft.overrides.get("direction")
    if said:
        return "down" if "los" in said or "down" in said else "up"
    if "up_streak" in kinds or "down_streak" in kinds:
        return "up" if "up_streak" in kinds else "down"
    for item in draft.reading.items:
        if not item.used and "move" in item.tags and not item.stop:
            return "up" if item.tags["move"] == "up" else "down"
    if any(c.metric == MOVE for c in draft.conditions):
        first = draft.conditions.pop(0)
        return "up" if first.op.startswith(">") else "down"
    ask(
        draft, "direction", "Which streaks do you mean?",
        (("winning streaks", "days up in a row"), ("losing streaks", "days down in a row")),
    )  # fmt: skip
