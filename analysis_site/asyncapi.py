"""The AsyncAPI document of Tickertape: the streams of `progress` and one command more."""

from __future__ import annotations

from analysis.texts import LONGEST_PHRASE, LONGEST_QUESTION
from progress import asyncapi
from progress.frame_schemas import COMMAND_ID, frame, text

COMMANDS = {
    "analyze": frame(
        "analyze",
        "Ask a question in this session. Replies `analysis`, as in the REST API.",
        ("assumptions", "refresh"),
        id=COMMAND_ID,
        question=text(minLength=1, maxLength=LONGEST_QUESTION),
        assumptions={"type": "object", "additionalProperties": text(maxLength=LONGEST_PHRASE)},
        refresh={"type": "boolean", "description": "Do not use what was computed before."},
    )
}

view = asyncapi.served(asyncapi.document("Tickertape", "1", COMMANDS))
