"""What a client says on a WebSocket: JSON objects, of which docs/protocol.md lists the kinds."""

from __future__ import annotations

from typing import Any

import orjson

from .door import MAX_SEQ
from .errors import BadParameter


class BadFrame(BadParameter):
    """A frame that no honest client sends; it ends the connection."""


def parse(text: str | None) -> dict[str, Any]:
    if text is None:
        raise BadFrame("frame", "send JSON text, not bytes")
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadFrame("frame", "not JSON") from None
    if not isinstance(frame, dict):
        raise BadFrame("frame", "not a JSON object")
    return frame


def number(value: Any, name: str) -> int:
    """A cursor: a whole number from 0. Raises BadFrame."""
    if type(value) is not int or not 0 <= value <= MAX_SEQ:
        raise BadFrame(name, "a whole number from 0 is wanted")
    return value
