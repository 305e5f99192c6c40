"""The answer in words: one sentence with figure, window, metric and data date, and a short note."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from analysis.intent import Intent, Result
from analysis.writing import rankings
from analysis.writing.material import Material

if TYPE_CHECKING:
    from analysis.market import MarketFacts

SENTENCES: dict[str, Callable[[Material], str]] = {
    "rank": rankings.rank,
}


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
    text = f"{sentence[0].upper()}{sentence[1:]} (data through {result.data_through})."
    return Answer(text, None)
