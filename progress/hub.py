"""One hub a process: it hears hints once, keeps the newest events, and shares reads of the log.

Sockets and streams hold only a cursor. Whatever the number of viewers there is one subscription,
one decoding, one encoding a batch, and one read a page.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections import OrderedDict, deque
from contextvars import Context
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from . import frames, layer, log
from .conf import conf
from .frames import Frame
from .log import Page, Stored
from .proofs import fallen
from .threads import in_reader

if TYPE_CHECKING:
    from .stream import Follower

logger = logging.getLogger("progress.hub")

MOST_AT_ONCE = 500  # sessions in one query of the safety check


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


class Hub:
    """The topics of one event loop. Everything but `tell` is called on that loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.topics: dict[uuid.UUID, Topic] = {}
        self.pages = Pages()
        self.pulse = Pulse()
        self.healed = 0  # news that came without a hint, found by the safety check
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        if not self._tasks:
            layer.join(self)
            work = (self._check_heads(), self._check_proofs(), self.pulse.beat())
            # A fresh context: the hub must not keep the first viewer's request alive.
            self._tasks = [self.loop.create_task(w, context=Context()) for w in work]

    async def stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        listening = layer.leave(self)
        if listening is not None and listening.get_loop() is self.loop:
            tasks.append(listening)
        if tasks:
            # Leaving a channel asks Redis first, and no answer must not hold up our own end.
            await asyncio.wait(tasks, timeout=2)

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
                topic.trim()

    def _wake(self, topic: Topic) -> None:
        """The one loop that runs for every event and viewer: most get one new chunk at once."""
        chunk = topic.chunks[-1] if topic.chunks else None
        before = chunk.first - 1 if chunk else None
        for follower in tuple(topic.followers):
            push = follower.push
            if chunk is not None and push is not None and follower.cursor == before:
                follower.cursor = chunk.last
                push(chunk.frame.raw)
            else:
                follower.wake()

    async def _check_heads(self) -> None:
        """A dropped last hint leaves no visible gap, so ask now and then, one query for many."""
        while True:
            await asyncio.sleep(conf().safety_check * random.uniform(0.5, 1.5))
            sessions = tuple(self.topics)
            try:
                for start in range(0, len(sessions), MOST_AT_ONCE):
                    await self._compare_heads(sessions[start : start + MOST_AT_ONCE])
            except Exception as error:
                logger.warning("the heads cannot be read: %r", error)

    async def _compare_heads(self, sessions: tuple[uuid.UUID, ...]) -> None:
        known = {s: self.topics[s].head for s in sessions if s in self.topics}
        heads = await in_reader(log.read_heads, known)
        for session, head in known.items():
            if session in self.topics:
                self._compare(self.topics[session], head, heads.get(session))

    def _compare(self, topic: Topic, known: int, bounds: tuple[int, int] | None) -> None:
        """`known`: the head before the log was asked, so what was asked cannot be older."""
        topic.gone = bounds is None
        if bounds is None:
            return self._wake(topic)
        first, head = bounds
        self.healed += head > topic.head
        if head < known:
            logger.warning("session %s was set back from %d to %d", topic.session, known, head)
            topic.rewind(first, head)
            self.pages.forget(topic.session)
            self._wake(topic)
        elif topic.hear(first, head):
            self._wake(topic)

    async def _check_proofs(self) -> None:
        """End the streams of those whose login or token was taken back: a few queries for all."""
        while True:
            await asyncio.sleep(conf().proof_check * random.uniform(0.5, 1.0))
            everybody = [f for topic in self.topics.values() for f in topic.followers]
            try:
                refused = await in_reader(fallen, [f.proof for f in everybody if f.proof])
            except Exception as error:
                logger.warning("the viewers' proofs cannot be checked: %r", error)
                continue
            for follower in everybody:
                if follower.proof in refused:
                    follower.refuse()


class Beating(Protocol):
    """What wants to be reminded at each heartbeat."""

    def beat(self) -> None: ...


class Pulse:
    """One timer for all sockets of a loop. They are spread over slices of the heartbeat, so that
    a process with 20,000 of them never stops to greet them all at once."""

    SLICES = 30

    def __init__(self) -> None:
        self.slices: list[set[Beating]] = [set() for _ in range(self.SLICES)]
        self.place: dict[Beating, set[Beating]] = {}
        self.following = 0

    def join(self, member: Beating) -> None:
        # The slice that was just served: the first beat comes after nearly a whole heartbeat.
        chosen = self.slices[self.following - 1]
        chosen.add(member)
        self.place[member] = chosen

    def leave(self, member: Beating) -> None:
        self.place.pop(member, set()).discard(member)

    def all(self) -> list[Beating]:
        return list(self.place)

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(conf().heartbeat / self.SLICES)
            members = tuple(self.slices[self.following])
            self.following = (self.following + 1) % self.SLICES
            for member in members:
                try:
                    member.beat()
                except Exception:
                    logger.exception("a socket was not greeted")


class Pages:
    """Reads of the log, shared: readers that want the same page get the same read.

    Events never change, so a page that others follow stays valid and is kept for the next of a
    storm; one that was cleared since is recognised by the log's first number, which topics keep.
    """

    def __init__(self) -> None:
        self.reading: dict[tuple[uuid.UUID, int], asyncio.Task[tuple[Page, Chunk]]] = {}
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
            read = self.reading[key] = asyncio.create_task(self._read(key))
            # If all who wanted it have gone, nobody else asks what became of it.
            read.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(self.reading[key])

    async def _read(self, key: tuple[uuid.UUID, int]) -> tuple[Page, Chunk]:
        try:
            self.reads += 1
            page = await in_reader(log.read_page, *key, conf().page_size)
            entry = (page, Chunk(page.first, page.events))
            if page.events and entry[1].last < page.head:
                self._keep(key, entry)
            return entry
        finally:
            del self.reading[key]

    def _keep(self, key: tuple[uuid.UUID, int], entry: tuple[Page, Chunk]) -> None:
        self._drop(key)
        self.kept[key] = entry
        self.size += entry[1].size
        while self.size > conf().page_cache_bytes:
            self._drop(next(iter(self.kept)))

    def _drop(self, key: tuple[uuid.UUID, int]) -> None:
        entry = self.kept.pop(key, None)
        if entry is not None:
            self.size -= entry[1].size

    def forget(self, session: uuid.UUID) -> None:
        for key in [key for key in self.kept if key[0] == session]:
            self._drop(key)


_of_loop: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    found = _of_loop.get(loop)
    if found is None:
        forget_closed_loops()
        found = _of_loop[loop] = Hub()
    return found


def hubs() -> list[Hub]:
    """All hubs of this process, for its metrics."""
    return list(_of_loop.values())


def forget_closed_loops() -> None:
    """A command that follows with `asyncio.run` leaves its loop and hub behind."""
    for loop, old in list(_of_loop.items()):
        if loop.is_closed():
            layer.leave(old)
            del _of_loop[loop]
