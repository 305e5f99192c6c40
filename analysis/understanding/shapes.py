"""Which kind of question it is; the first rule that fits takes it."""

from __future__ import annotations

from collections.abc import Callable

from analysis.intent import Intent
from analysis.understanding import (
    comparisons,
    counts,
    crossings,
    extremes,
    falls,
    groups,
    investing,
    lists,
    periods,
    rankings,
    relations,
    screens,
    seasons,
    series,
    values,
)
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Reading
from analysis.understanding.stopping import refuse

Rule = Callable[[Draft], Intent | None]

RULES: tuple[Rule, ...] = (
    lists.why,
    lists.explain,
    investing.whatif,
    crossings.crossings,
    crossings.streaks,
    seasons.seasonality,
    counts.count,
    extremes.extremes,
    relations.correlation,
    falls.drawdowns,
    series.calendar_returns,
    series.trend,
    series.price,
    series.indicator,
    periods.periods,
    lists.listing,
    relations.beating,
    screens.screen,
    groups.aggregate,
    comparisons.compare,
    values.value,
    rankings.rank,
)


def intent_of(draft: Draft) -> Intent:
    """The intent; raises `Stop` with a question or a refusal."""
    common_words(draft)
    for rule in RULES:
        intent = rule(draft)
        if intent is not None:
            return intent
    words = " ".join(item.raw for item in draft.reading.items)[:80]
    refuse(draft, "not_enough", f"“{words}”")


def common_words(draft: Draft) -> None:
    """Words that say what the question is about without changing the figure."""
    reading = draft.reading
    if draft.common:
        return
    draft.common = True
    each = (
        reading.has("everything") or reading.has("shape", "list") or reading.has("chart", "table")
    )
    draft.universe = reading.take("universe") or draft.universe or (draft.scoped and each)
    _chart(draft)
    for tag in ("everything", "only", "chart"):
        reading.take(tag)
    draft.ranking = reading.take("shape", "rank")
    by = _first(reading, "by")
    if by in ("sector", "industry"):
        draft.group_by = by
        reading.take("by", by)
    draft.average = _first(reading, "average") or draft.average


def _chart(draft: Draft) -> None:
    """ "plot" and "chart" leave open what kind of chart."""
    said = draft.reading.free("chart")
    if said:
        generic = said[0].is_("chart", "line") and "line" not in said[0].text
        draft.params["chart"] = "auto" if generic else said[0].tags["chart"]


def _first(reading: Reading, tag: str) -> str | None:
    """What the first free item with that tag means."""
    free = reading.free(tag)
    return free[0].tags[tag] if free else None
