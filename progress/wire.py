"""A connection as a `Socket` sees it, whatever server carries it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .frames import Frame


class Wire(Protocol):
    """Nothing here waits.

    It calls `received(text)` of its socket for each frame, `go_on()` when there is room again, and
    `lost()` once, at the end.
    """

    needs_ack: bool

    @property
    def push(self) -> Callable[[bytes], None] | None:
        """What writes bytes as they are, where the server lets us; used while there is room."""

    def write(self, frame: Frame, seq: int = 0) -> None:
        """Send it; `seq` is the last event in it, which an acknowledgement may name."""

    def has_room(self) -> bool: ...

    def acknowledge(self, seq: int) -> None: ...

    def hold(self) -> None:
        """Take no more frames from the client until `release()`.

        A wire that cannot get rid of what was written takes none by itself.
        """

    def release(self) -> None: ...

    def close(self, code: int) -> None: ...
