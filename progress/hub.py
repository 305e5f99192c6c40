"""One hub a process: it hears hints once, keeps the newest events, and shares reads of the log.

Sockets and streams hold only a cursor. Whatever the number of viewers there is one subscription,
one decoding, one encoding a batch, and one read a page.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
import weakref
from collections import OrderedDict, deque
from functools import cached_property
from typing import TYPE_CHECKING, Any

from channels.layers import get_channel_layer

from . import layer, log
from .conf import conf
from .log import Page, Stored
from .loop import adopt
from .threads import in_reader

if TYPE_CHECKING:
    from .stream import Follower

logger = logging.getLogger("progress.hub")


class Chunk:
    """Consecutive events, and the frames made of them: each is built once for all viewers."""

    def __init__(self, first: int, events: list[bytes]) -> None:
        self.first = first
        self.events = events
        self.last = first + len(events) - 1

    def since(self, cursor: int) -> Chunk:
        return (
            self
            if cursor < self.first
            else Chunk(cursor + 1, self.events[cursor + 1 - self.first :])
        )

    @cached_property
    def size(self) -> int:
        return sum(map(len, self.events))

    @cached_property
    def frame(self) -> str:
        """The WebSocket frame of the whole chunk."""
        return f'{{"type":"events","events":[{b",".join(self.events).decode()}]}}'

    @cached_property
    def server_sent(self) -> bytes:
        """The chunk as server-sent events; JSON has no raw line breaks, so one data line each."""
        return b"".join(
            b"id: %d\ndata: %s\n\n" % (seq, event)
            for seq, event in enumerate(self.events, self.first)
        )


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
        self.chunks.append(chunk)
        self.size += chunk.size
        while self.size > conf().tail_bytes:
            self.size -= self.chunks.popleft().size

    def _forget_chunks(self) -> None:
        self.chunks.clear()
        self.size = 0

    def hear(self, first: int, head: int) -> bool:
        """Take the bounds of the stored log; True if they tell something new."""
        news = head > self.head or first > self.first or not self.known
        if first > self.first:
            self._forget_chunks()
            if first > head and self.known:
                self._send_back(first)
        self.first, self.head = max(first, self.first), max(head, self.head)
        self.known = True
        return news

    def _send_back(self, first: int) -> None:
        """The whole log was cleared: readers that had everything must learn of it, too."""
        for follower in self.followers:
            follower.cursor = min(follower.cursor, first - 2)

    def after(self, cursor: int) -> Chunk | None:
        """The next kept events for a reader at `cursor`, all that there are; None if not kept."""
        if not self.chunks or cursor + 1 < self.chunks[0].first or cursor >= self.chunks[-1].last:
            return None
        last = self.chunks[-1]
        if cursor + 1 >= last.first:
            return last.since(cursor)
        wanted = [chunk.since(cursor) for chunk in self.chunks if chunk.last > cursor]
        return Chunk(cursor + 1, [event for chunk in wanted for event in chunk.events])


class Hub:
    """The topics of one event loop. Everything but `tell` is called on that loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.topics: dict[uuid.UUID, Topic] = {}
        self.pages = Pages()
        self.healed = 0  # hints that never came, found by the safety check
        self._tasks: list[asyncio.Task[None]] = []
        adopt(self.loop)
        layer.join(self)

    def start(self) -> None:
        if not self._tasks:
            self._tasks = [self.loop.create_task(self._check_heads())]
            if layer.reaches_others():
                self._tasks.append(self.loop.create_task(self._listen()))

    async def stop(self) -> None:
        layer.leave(self)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def join(self, follower: Follower) -> Topic:
        self.start()
        topic = self.topics.get(follower.session) or Topic(follower.session)
        self.topics[follower.session] = topic
        topic.followers.add(follower)
        return topic

    def leave(self, follower: Follower) -> None:
        topic = self.topics.get(follower.session)
        if topic is not None:
            topic.followers.discard(follower)
            if not topic.followers:
                del self.topics[follower.session]

    def tell(self, stored: list[Stored]) -> None:
        """New events of this very process, from the writer's thread."""
        try:
            self.loop.call_soon_threadsafe(self.receive, stored)
        except RuntimeError:  # the loop was closed without stopping its hub
            layer.leave(self)

    def receive(self, stored: list[Stored]) -> None:
        for session, first, events in stored:
            topic = self.topics.get(session)
            if topic is not None:
                # Nothing new but a beginning: the log was cleared up to there.
                topic.grow(first, events) if events else topic.hear(first, first - 1)
                self._wake(topic)

    def _wake(self, topic: Topic) -> None:
        for follower in tuple(topic.followers):
            follower.wake()

    async def _listen(self) -> None:
        """Hear hints from other processes; whatever breaks, try again: the safety check bridges."""
        pause = 0.5
        while True:
            try:
                channels = get_channel_layer()
                channel = await channels.new_channel("progress.")
                for number in range(conf().shards):
                    await channels.group_add(layer.group(number), channel)
                while True:
                    self.receive(layer.received(await channels.receive(channel)))
                    pause = 0.5
            except Exception as error:
                logger.warning("the channel layer cannot be heard: %r", error)
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 2, 10.0)

    async def _check_heads(self) -> None:
        """A dropped last hint leaves no visible gap, so ask now and then: one query for all."""
        while True:
            await asyncio.sleep(conf().safety_check * random.uniform(0.5, 1.5))
            if self.topics:
                try:
                    await self._compare_heads(tuple(self.topics))
                except Exception as error:
                    logger.warning("the heads cannot be read: %r", error)

    async def _compare_heads(self, sessions: tuple[uuid.UUID, ...]) -> None:
        heads = await in_reader(log.read_heads, sessions)
        for topic in [self.topics[session] for session in sessions if session in self.topics]:
            bounds = heads.get(topic.session)
            topic.gone = bounds is None
            if topic.gone or (bounds and topic.hear(*bounds)):
                self.healed += 1
                self._wake(topic)


class Pages:
    """Reads of the log, shared: readers that want the same page get the same read.

    Events never change, so a full page stays valid and is kept for the next of a storm; a page that
    was cleared since is recognised by the log's first number, which the hub keeps per topic.
    """

    def __init__(self) -> None:
        self.reading: dict[tuple[uuid.UUID, int], asyncio.Future[Page]] = {}
        self.kept: OrderedDict[tuple[uuid.UUID, int], tuple[Page, Chunk]] = OrderedDict()
        self.size = 0
        self.reads = 0

    async def get(self, session: uuid.UUID, after: int, start: int) -> tuple[Page, Chunk]:
        """The page after the cursor, also as a chunk. `start`: the log's known first event."""
        key = (session, after)
        found = self.kept.get(key)
        if found is not None and found[0].first >= start:
            self.kept.move_to_end(key)
            return found
        if key not in self.reading:
            self.reading[key] = asyncio.ensure_future(self._read(key))
        return await asyncio.shield(self.reading[key])  # type: ignore[return-value]

    async def _read(self, key: tuple[uuid.UUID, int]) -> Any:
        try:
            self.reads += 1
            page = await in_reader(log.read_page, *key, conf().page_size)
            entry = (page, Chunk(page.first, page.events))
            if len(page.events) == conf().page_size:
                self._keep(key, entry)
            return entry
        finally:
            del self.reading[key]

    def _keep(self, key: tuple[uuid.UUID, int], entry: tuple[Page, Chunk]) -> None:
        self.kept[key] = entry
        self.size += entry[1].size
        while self.size > conf().page_cache_bytes:
            self.size -= self.kept.popitem(last=False)[1][1].size


_of_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    found = _of_loop.get(loop)
    if found is None:
        found = _of_loop[loop] = Hub()
    return found
