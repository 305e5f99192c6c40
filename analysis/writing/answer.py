"""The answer in words: one sentence with figure, window, metric and data date, and a short note."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from analysis.intent import Intent
from analysis.result import Result
from analysis.writing import (
    caveats,
    events,
    explaining,
    figures,
    lines,
    listing,
    rankings,
    relations,
)
from analysis.writing.material import Material

if TYPE_CHECKING:
    from analysis.market_facts import MarketFacts

SENTENCES: dict[str, Callable[[Material], str]] = {
    "rank": rankings.rank,
    "value": figures.value,
    "compare": figures.compare,
    "periods": figures.periods,
    "aggregate": rankings.aggregate,
    "screen": rankings.screen,
    "trend": lines.trend,
    "indicator": lines.indicator,
    "calendar": lines.calendar,
    "count": events.count,
    "extremes": events.extremes,
    "streaks": events.streaks,
    "drawdowns": events.drawdowns,
    "pairs": relations.pairs,
    "matrix": relations.matrix,
    "crossings": events.crossings,
    "seasonality": lines.seasonality,
    "price": figures.price,
    "whatif": figures.whatif,
    "list": listing.listing,
    "explain": explaining.explain,
}


_ENDS_WITH_A_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\)$")


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """`note` holds the caveats that matter for this answer, None where there is none."""

    text: str
    note: str | None


def write(
    intent: Intent,
    result: Result,
    facts: MarketFacts,
    previous: tuple[Intent, Result] | None = None,
) -> Answer:
    """Say what the result shows. Every number comes from the result, the facts or the intent.

    `previous` is the question before with its result: "why is it first?" is answered from it.
    """
    material = Material(intent, result, facts, previous)
    sentence = SENTENCES[intent.shape](material)
    if material.rows and material.stands_in:
        sentence += "; a CAGR is not given for less than 365 days"
    return Answer(_dated(sentence, result), caveats.note(material))


def _dated(sentence: str, result: Result) -> str:
    """The data's date in brackets, in those of the window where the sentence ends with them."""
    date = f"data through {result.data_through}"
    inside = _ENDS_WITH_A_DATE.search(sentence)
    told = f"{sentence[:-1]}; {date})." if inside else f"{sentence} ({date})."
    return told[0].upper() + told[1:]
