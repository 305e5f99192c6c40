"""`follow()`: where replay and live meet. Every door is a thin door on this.

Subscribe first, then replay, then follow. The cursor decides everything: what is at or before it
is dropped, what follows it is sent, anything else sends the reader back to the log.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections.abc import AsyncGenerator, Callable
from typing import Any, NamedTuple

from . import log
from .errors import DATABASE_AWAY, NotAuthenticated
from .events import session_of
from .hub import Hub, hub
from .models import Run
from .proofs import Proof
from .threads import in_reader
from .topic import Chunk, Topic

logger = logging.getLogger("progress.stream")

LONGEST_PAUSE = 10.0  # seconds; then a reader gives up on the database and its client comes back


class Reset(NamedTuple):
    """The log no longer has what the cursor asked for; the reader goes on from `first - 1`."""

    reason: str  # "cleared": events were removed; "rewound": the cursor is beyond the log
    head: int
    first: int


class Follower:
    """One reader's place in one session's log.

    Either somebody awaits `next()`, or `on_news` is called, without waking a task, whenever the
    topic has news. While `push` is set, it takes the frame of new events that follow on instead.
    """

    __slots__ = (
        "__weakref__",
        "cursor",
        "hub",
        "is_refused",
        "on_news",
        "on_refused",
        "proof",
        "push",
        "session",
        "topic",
        "waiting",
    )

    def __init__(
        self,
        session: uuid.UUID,
        after: int,
        at: Hub | None = None,
        proof: Proof | None = None,
    ) -> None:
        self.session = session
        self.cursor = after
        self.proof = proof
        self.is_refused = False
        self.on_refused: Callable[[], None] | None = None
        self.hub = at or hub()
        self.waiting: asyncio.Future[None] | None = None
        self.on_news: Callable[[], None] | None = None
        self.push: Callable[[bytes], None] | None = None
        self.topic: Topic = self.hub.join(self)

    def close(self) -> None:
        self.hub.leave(self)
        self.on_news = self.on_refused = self.push = None

    def begin(self, first: int, head: int) -> Reset | None:
        """Take the log's bounds, read after subscribing; a Reset if the cursor is outside."""
        self.topic.hear(first, head)
        if self.cursor > self.topic.head:
            return self._reset("rewound", first, head)
        # Whoever has seen events of a log that is empty now has to forget them.
        if (first > head and self.cursor > 0) or first > self.cursor + 1:
            return self._reset("cleared", first, head)
        return None

    def refuse(self) -> None:
        """The viewer's proof does not stand any more; who awaits news hears NotAuthenticated."""
        self.is_refused = True
        if self.on_refused is not None:
            self.on_refused()
        self.wake()

    def wake(self) -> None:
        """The topic has news."""
        if self.on_news is not None:
            self.on_news()
        elif self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(None)

    @property
    def is_live(self) -> bool:
        """Nothing is known to be stored that this reader has not got."""
        topic = self.topic
        return self.cursor == topic.head and topic.known and not topic.gone

    def take(self) -> Chunk | None:
        """The next events, if they are in memory."""
        chunk = self.topic.after(self.cursor)
        if chunk is not None:
            self.cursor = chunk.last
        return chunk

    async def catch_up(self) -> Chunk | Reset | None:
        """The next events, from memory or from the log; None when the reader is live.

        Waits out a database that does not answer. Raises SessionNotFound.
        """
        pause = 0.05
        while True:
            try:
                return self.take() or await self._read()
            except DATABASE_AWAY as error:
                if pause > LONGEST_PAUSE:
                    raise
                logger.warning("the log cannot be read yet: %s", error)
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                pause *= 2

    async def _read(self) -> Chunk | Reset | None:
        asked = self.cursor
        page, chunk = await self.hub.pages.get(asked, self.topic)
        self.topic.hear(page.start, page.head)
        if self.cursor != asked:
            return None  # the reader was sent elsewhere meanwhile
        if page.start > self.cursor + 1:
            return self._reset("cleared", page.start, page.head)
        # A shared read may be a little older than what this reader has seen live.
        if self.cursor > self.topic.head:
            return self._reset("rewound", page.start, page.head)
        if not page.events:
            return None
        self.cursor = chunk.last
        return chunk

    def _reset(self, reason: str, first: int, head: int) -> Reset:
        self.cursor = first - 1
        return Reset(reason, head, first)

    async def news(self) -> None:
        """Wait until there is more than the cursor. Raises NotAuthenticated."""
        if self.is_live and not self.is_refused:
            self.waiting = self.hub.loop.create_future()
            try:
                await self.waiting
            finally:
                self.waiting = None
        if self.is_refused:
            raise NotAuthenticated

    async def next(self) -> Chunk | Reset:
        """The next events or a reset, however long it takes. Raises NotAuthenticated."""
        while not self.is_refused:
            if not self.is_live:
                found = await self.catch_up()
                if found is not None:
                    return found
                if not self.is_live:
                    # The read was older than the hint, or the database was set back: do not spin.
                    await asyncio.sleep(0.02)
            await self.news()
        raise NotAuthenticated


async def follow(session: uuid.UUID | str, after: int = 0) -> AsyncGenerator[dict[str, Any], None]:
    """Every event of a session after the cursor, in order, without end: replay first, then live.

    A log that was cleared under the reader goes on with its first event. Raises SessionNotFound.
    """
    follower = Follower(session_of(session), after)
    try:
        while True:
            found = await follower.next()
            for event in log.as_objects(found.events) if isinstance(found, Chunk) else ():
                yield event
    finally:
        follower.close()


async def run_rests(session: uuid.UUID, run: uuid.UUID, seconds: float) -> bool:
    """Wait until a run is over or waits for its user; False if `seconds` were not enough."""
    follower = Follower(session, 0)
    try:
        async with asyncio.timeout(seconds):
            follower.topic.hear(*await in_reader(log.read_bounds, session))
            while True:
                follower.cursor = follower.topic.head  # before the look, so that no news is missed
                if await in_reader(rests, run):
                    return True
                await follower.news()
    except TimeoutError:
        return False
    finally:
        follower.close()


def rests(run: uuid.UUID) -> bool:
    busy = (Run.State.QUEUED, Run.State.RUNNING)
    return not Run.objects.filter(id=run, state__in=busy).exists()
