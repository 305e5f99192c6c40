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
from analysis.understanding.building import refuse
from analysis.understanding.draft import Draft

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
    draft.universe = reading.take("universe") or draft.universe
    each = (
        reading.has("everything") or reading.has("shape", "list") or reading.has("chart", "table")
    )
    draft.universe = draft.universe or (draft.scoped and each)
    for tag in ("everything", "only", "chart"):
        chart = reading.find(tag, free=True) if tag == "chart" else None
        if chart is not None:
            said = reading.items[chart]
            generic = said.is_("chart", "line") and "line" not in said.text
            draft.params["chart"] = "auto" if generic else said.tags["chart"]
        reading.take(tag)
    draft.ranking = reading.take("shape", "rank")
    by = reading.find("by", free=True)
    if by is not None and reading.items[by].tags["by"] in ("sector", "industry"):
        draft.group_by = reading.items[by].tags["by"]
        reading.take("by", draft.group_by)
    average = reading.find("average", free=True)
    if average is not None:
        draft.average = reading.items[average].tags["average"]
