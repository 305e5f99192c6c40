"""What is taken from people: questions, searches, SQL and assumptions within their limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.errors import QuestionRejected

LONGEST_QUESTION = 1_000  # characters
LONGEST_QUERY = 200
LONGEST_SQL = 20_000
LONGEST_PHRASE = 200  # of an assumption

SUGGESTIONS = (
    "What stocks have highest volatility?",
    "Compare Apple and Microsoft since 2010",
    "How did ExxonMobil do in the financial crisis?",
    "Which stocks have volatility under 20 % and CAGR over 10 %?",
    "Correlation of the energy stocks over the last 3 years",
    "Max drawdown of GE",
)


def checked(text: Any, field: str, longest: int) -> str:
    """The text without surrounding blanks. Raises QuestionRejected."""
    if not isinstance(text, str):
        raise QuestionRejected(field, "text is wanted")
    text = text.replace("\0", "").strip()
    if not text:
        raise QuestionRejected(field, "it is empty")
    if len(text) > longest:
        raise QuestionRejected(field, f"it has {len(text):,} characters; {longest:,} are the limit")
    return text


def checked_assumptions(given: Any) -> dict[str, str]:
    """What the person chose, as {slot: phrase}. Raises QuestionRejected."""
    if not isinstance(given, Mapping) or len(given) > 20:
        raise QuestionRejected("assumptions", "an object of at most 20 {slot: value} is wanted")
    for slot, value in given.items():
        if len(slot) > 60 or "\0" in slot:
            raise QuestionRejected("assumptions", "there is no such slot")
        if not isinstance(value, str) or len(value) > LONGEST_PHRASE or "\0" in value:
            wanted = f"text of at most {LONGEST_PHRASE} characters without NUL is wanted"
            raise QuestionRejected(f"assumptions.{slot}", wanted)
    return dict(given)
