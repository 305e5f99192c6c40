"""Crossings of moving averages, and streaks of days up or down."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding import defaults
from analysis.understanding.bounds import MOVE
from analysis.understanding.building import build
from analysis.understanding.draft import Draft
from analysis.understanding.stopping import ask
from analysis.understanding.subject import subject

_STREAKS = ("streak", "up_streak", "down_streak")
_CROSSES = ("golden", "death", "cross", "cross_up", "cross_down")


def crossings(draft: Draft) -> Intent | None:
    """ "golden crosses in MSFT since 2018", "when did KO cross above its 200-day average"."""
    reading = draft.reading
    kinds = {item.tags["shape"] for item in reading.free("shape", *_CROSSES)}
    if not kinds or not (draft.averaged or {"golden", "death", "cross"} & kinds):
        return None
    reading.take("shape", *_CROSSES, "when", "count", "times", "list")
    reading.take_words("date")
    if _defines(draft):
        return build(draft, "explain", defaults.whole(draft), (), topic="crossing")
    latest = reading.take("trailing")  # "the last death cross": the latest is told first
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


def _averages(draft: Draft) -> tuple[int, int]:
    """One average: the price against it."""
    days = sorted(draft.averages)
    if len(days) >= 2:
        return days[0], days[-1]
    return (0, days[0]) if days else (50, 200)


def _direction(kinds: set[str]) -> str:
    up, down = {"golden", "cross_up"} & kinds, {"death", "cross_down"} & kinds
    if up and not down:
        return "golden"
    return "death" if down and not up else "both"


def streaks(draft: Draft) -> Intent | None:
    """ "longest winning streak of KO", "how many days in a row did GE fall"."""
    reading = draft.reading
    if not reading.has("shape", *_STREAKS):
        return None
    reading.take("shape", *_STREAKS, "count", "when", "times")
    reading.take_words("at most", "at the most")
    direction = _streak_direction(draft)
    reading.take("unit", "day", "trading_day")
    reading.take("move")
    reading.take("frequency", "daily")
    subject(draft)
    records = draft.side == "high" or draft.vague in ("best", "worst")
    return build(draft, "streaks", defaults.window(draft, records=records), (), direction=direction)


def _streak_direction(draft: Draft) -> str:
    said = draft.overrides.get("direction")
    if said:
        return "down" if "los" in said or "down" in said else "up"
    for way in ("up", "down"):
        if draft.reading.has("shape", f"{way}_streak"):
            return way
    for item in draft.reading.moves():
        return "up" if item.is_("move", "up") else "down"
    if any(c.metric == MOVE for c in draft.conditions):
        first = draft.conditions.pop(0)
        return "up" if first.op.startswith(">") else "down"
    ask(
        "direction",
        "Which streaks do you mean?",
        (("winning streaks", "days up in a row"), ("losing streaks", "days down in a row")),
    )
