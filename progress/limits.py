"""How many sockets and streams one owner, and this process, may hold open."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from .access import Viewer
from .conf import conf
from .errors import TooManyStreams

RETRY_AFTER = 10  # seconds

_open: Counter[str] = Counter()
_doors: Counter[str] = Counter()


class Place:
    """One place at a door, until it is left. Raises TooManyStreams (4429, or 429)."""

    __slots__ = ("door", "key")

    def __init__(self, viewer: Viewer, door: str) -> None:
        self.key: str | None = None
        if _open[viewer.key] >= conf().streams_per_owner or _doors.total() >= conf().streams_total:
            raise TooManyStreams
        self.key, self.door = viewer.key, door
        _open[self.key] += 1
        _doors[door] += 1

    def leave(self) -> None:
        """May be called twice."""
        if self.key is not None:
            _doors[self.door] -= 1
            _open[self.key] -= 1
            if not _open[self.key]:
                del _open[self.key]
            self.key = None

    def __del__(self) -> None:
        # A response whose client left before its first byte is dropped without being begun.
        self.leave()

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()


async def held(place: Place, parts: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    """The parts of a response that keeps its place to its end."""
    with place:
        async with aclosing(parts):
            async for part in parts:
                yield part


def viewers_by_door() -> dict[str, int]:
    return dict(_doors)
