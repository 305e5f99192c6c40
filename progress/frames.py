"""What the server says on a WebSocket: each kind of frame, and its bytes on the wire.

docs/protocol.md describes them; a test keeps the two alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson


class Frame:
    """A text frame. Server frames are not masked, so the same bytes serve every viewer."""

    __slots__ = ("raw", "start")

    def __init__(self, payload: bytes) -> None:
        beginning = header(len(payload))
        self.raw = beginning + payload  # as RFC 6455 (section 5.2) wants it
        self.start = len(beginning)

    @property
    def payload(self) -> bytes:
        return self.raw[self.start :]

    @property
    def text(self) -> str:
        return self.payload.decode()


def header(size: int) -> bytes:
    final_text = b"\x81"
    if size < 126:
        return final_text + bytes((size,))
    if size < 65_536:
        return final_text + b"\x7e" + size.to_bytes(2, "big")
    return final_text + b"\x7f" + size.to_bytes(8, "big")


def frame(kind: str, **fields: Any) -> Frame:
    return Frame(orjson.dumps({"type": kind, **fields}))


def events(encoded: Iterable[bytes]) -> Frame:
    return Frame(b'{"type":"events","events":[%s]}' % b",".join(encoded))


def ready(head: int, first: int, heartbeat: float, ack: bool) -> Frame:
    """`ack`: whether this server needs acknowledgements to know how fast the client reads."""
    return frame("ready", head=head, first=first, heartbeat=heartbeat, ack=ack)


def live(seq: int) -> Frame:
    return frame("live", seq=seq)


def reset(reason: str, head: int, first: int) -> Frame:
    return frame("reset", reason=reason, head=head, first=first)


def heartbeat(head: int) -> Frame:
    return frame("heartbeat", head=head)


def reply(
    identifier: Any, error: Exception | None, fields: dict[str, Any], request_id: str | None = None
) -> Frame:
    """The outcome of a command; `request_id` is what the log calls it."""
    if error is None:
        return frame("reply", id=identifier, ok=True, **fields)
    about = {
        "code": getattr(error, "code", "internal"),
        "message": str(error),
        "status": getattr(error, "status", 500),
        "request_id": request_id,
    }
    return frame("reply", id=identifier, ok=False, error=about)


def bye(low: int, high: int) -> Frame:
    return frame("bye", retry_ms=[low, high])
