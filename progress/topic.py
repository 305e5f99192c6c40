"""What one process keeps of a session that somebody follows: its newest events, in chunks."""

from __future__ import annotations

import uuid
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from . import frames
from .conf import conf
from .frames import Frame

if TYPE_CHECKING:
    from .stream import Follower


class Chunk:
    """Consecutive events, and the frames made of them: each is built once for all viewers."""

    def __init__(self, first: int, events: list[bytes]) -> None:
        self.first = first
        self.events = events
        self.last = first + len(events) - 1

    def since(self, cursor: int) -> Chunk:
        """The part after the cursor."""
        if cursor < self.first:
            return self
        return Chunk(cursor + 1, self.events[cursor + 1 - self.first :])

    @cached_property
    def size(self) -> int:
        return sum(map(len, self.events))

    @property
    def pieces(self) -> list[Chunk]:
        """The same events in frames of a bounded size, so that a slow reader costs little."""
        return [self] if self.size <= conf().frame_bytes else self._cut

    @cached_property
    def _cut(self) -> list[Chunk]:
        pieces, start, size = [], 0, 0
        for place, event in enumerate(self.events):
            if size and size + len(event) > conf().frame_bytes:
                pieces.append(Chunk(self.first + start, self.events[start:place]))
                start, size = place, 0
            size += len(event)
        return [*pieces, Chunk(self.first + start, self.events[start:])]

    @cached_property
    def frame(self) -> Frame:
        """The WebSocket frame of the whole chunk."""
        return frames.events(self.events)

    @cached_property
    def server_sent(self) -> bytes:
        """The chunk as server-sent events; JSON has no raw line breaks, so one data line each."""
        return b"".join(map(server_sent, range(self.first, self.last + 1), self.events))


def server_sent(seq: int, event: bytes) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (seq, event)


class Topic:
    """What this process knows of one session that somebody follows."""

    __slots__ = ("chunks", "first", "followers", "gone", "head", "known", "session", "size")

    def __init__(self, session: uuid.UUID) -> None:
        self.session = session
        self.followers: set[Follower] = set()
        self.head = 0  # the last event known to be stored
        self.first = 1  # the first event known to be still stored
        self.known = False  # whether the log was asked yet; hints alone do not tell its bounds
        self.gone = False  # the session was deleted
        self.chunks: deque[Chunk] = deque()
        self.size = 0

    def grow(self, first: int, events: list[bytes]) -> None:
        """Take new events from a hint. What does not follow on makes the readers ask the log."""
        known = self.chunks[-1].last if self.chunks else self.head
        chunk = Chunk(first, events)
        if chunk.last <= known:
            return
        if first > known + 1:
            self._forget_chunks()
        self._keep(chunk.since(known) if first <= known else chunk)
        self.head = max(self.head, chunk.last)

    def _keep(self, chunk: Chunk) -> None:
        self.chunks.extend(chunk.pieces)
        self.size += chunk.size

    def trim(self) -> None:
        """Keep a bounded tail. After the live readers have taken what is new, however much."""
        while self.size > conf().tail_bytes:
            self.size -= self.chunks.popleft().size

    def _forget_chunks(self) -> None:
        self.chunks.clear()
        self.size = 0

    def rewind(self, first: int, head: int) -> None:
        """The database was set back (a restored backup): forget what it does not have any more."""
        self._forget_chunks()
        self.first, self.head = first, head

    def hear(self, first: int, head: int) -> None:
        """Take the bounds of the stored log."""
        if first > self.first:
            self._forget_chunks()
            if first > head:
                self._send_back(first)
        self.first, self.head = max(first, self.first), max(head, self.head)
        self.known = True

    def _send_back(self, first: int) -> None:
        """The whole log was cleared: readers that had everything must learn of it, too."""
        for follower in self.followers:
            follower.cursor = min(follower.cursor, first - 2)

    def holds(self, chunk: Chunk) -> bool:
        """Whether the log, as far as it is known, still has these events."""
        return self.first <= chunk.first and (chunk.last <= self.head or not self.known)

    def after(self, cursor: int) -> Chunk | None:
        """The next kept events for a reader at `cursor`; None if they are not kept."""
        if not self.chunks or cursor + 1 < self.chunks[0].first or cursor >= self.chunks[-1].last:
            return None
        last = self.chunks[-1]
        if cursor + 1 >= last.first:
            return last.since(cursor)
        exact = next((chunk for chunk in self.chunks if chunk.first == cursor + 1), None)
        if exact is not None:
            return exact  # whose frame others want, too
        wanted = [chunk.since(cursor) for chunk in self.chunks if chunk.last > cursor]
        return Chunk(cursor + 1, [event for chunk in wanted for event in chunk.events])
