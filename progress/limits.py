"""How many sockets and streams one owner, and this process, may hold open."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from .access import Viewer
from .conf import conf
from .errors import TooManyStreams

RETRY_AFTER = 10  # seconds

_open: Counter[str] = Counter()
_doors: Counter[str] = Counter()


@contextlib.contextmanager
def place(viewer: Viewer, door: str) -> Iterator[None]:
    """Hold one place while inside. Raises TooManyStreams (4429, or 429 with Retry-After)."""
    if _open[viewer.key] >= conf().streams_per_owner or _doors.total() >= conf().streams_total:
        raise TooManyStreams
    _open[viewer.key] += 1
    _doors[door] += 1
    try:
        yield
    finally:
        _doors[door] -= 1
        _open[viewer.key] -= 1
        if not _open[viewer.key]:
            del _open[viewer.key]


def viewers_by_door() -> dict[str, int]:
    return dict(_doors)
