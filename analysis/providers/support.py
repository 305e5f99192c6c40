"""Text of a model under control: whole sentences, and no figure that was not computed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator, Iterator

from analysis.result import Result
from analysis.writing.answer import Answer

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


async def whole_sentences(pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    """Sentences, each as soon as it is complete."""
    text = ""
    async for piece in pieces:
        *complete, text = SENTENCE_END.split(text + piece)
        for sentence in complete:
            yield f"{sentence} "
    if text.strip():
        yield text


def supported(sentence: str, result: Result, answer: Answer) -> bool:
    """Whether every number in the sentence is one of the result, or of the answer's own text."""
    known = set(NUMBER.findall(f"{answer.text} {answer.note or ''}"))
    known |= {text for row in result.rows for value in row for text in forms(value)}
    return all(number.rstrip(",") in known for number in NUMBER.findall(sentence))


def forms(value: object) -> Iterator[str]:
    """How a figure may be written: rounded to 0-4 places, as a share or in per cent."""
    if isinstance(value, dt.date):
        yield from NUMBER.findall(value.isoformat())
    elif isinstance(value, int | float) and not isinstance(value, bool):
        for scaled in (abs(value), abs(value) * 100):
            for places in range(5):
                yield f"{scaled:.{places}f}"
                yield f"{scaled:,.{places}f}"
    elif isinstance(value, str):
        yield from NUMBER.findall(value)
