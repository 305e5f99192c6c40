"""One hub an event loop: it hears hints once, keeps the newest events, and shares reads of the log.

Sockets and streams hold only a cursor. Whatever the number of viewers there is one subscription,
one decoding, one encoding a batch, and one read a page.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from contextvars import Context
from typing import TYPE_CHECKING

from . import layer, log
from .conf import conf
from .log import Stored
from .pages import Pages
from .proofs import fallen
from .pulse import Pulse
from .threads import in_reader
from .topic import Topic

if TYPE_CHECKING:
    from .stream import Follower

logger = logging.getLogger("progress.hub")

MOST_AT_ONCE = 500  # sessions in one query of the safety check


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
        if bounds is not None:
            self.healed += bounds[1] > topic.head
            self._learn(topic, known, *bounds)
        # Also when that is no news: a reader may have brought it that read the log by itself.
        for follower in tuple(topic.followers):
            if not follower.is_live:
                follower.wake()

    def _learn(self, topic: Topic, known: int, first: int, head: int) -> None:
        if head < known:
            logger.warning("session %s was set back from %d to %d", topic.session, known, head)
            topic.rewind(first, head)
            self.pages.forget(topic.session)
        else:
            topic.hear(first, head)

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
