"""Hints that the log has grown: to this process's hubs directly, to others over the channel layer.

A hint carries the new events, so that in the good case nobody reads the log, but it is only a
hint: lost, doubled or reordered it costs time, never data. One message tells of a whole batch,
because a `group_send` costs more than an event; so there is one group unless `shards` says more.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextvars import Context
from typing import TYPE_CHECKING, Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

from .conf import conf
from .log import Stored
from .loop import home

if TYPE_CHECKING:
    from .hub import Hub

logger = logging.getLogger("progress.layer")

# Frozen: during a rolling deploy old processes read the hints of new ones and the other way round.
HINT = "progress.hint"

MESSAGE_BYTES = 1_000_000

ORIGIN = uuid.uuid4().hex
_hubs: set[Hub] = set()


def shard(session: uuid.UUID) -> int:
    return session.int % conf().shards


def group(number: int) -> str:
    return f"progress.{number}"


def join(hub: Hub) -> None:
    """Tell this hub what others and this process store, from now on."""
    _hubs.add(hub)
    if reaches_others():
        home().call_soon_threadsafe(listen, context=Context())


def leave(hub: Hub) -> asyncio.Task[None] | None:
    """Tell it nothing more. With the last hub the listening ends; its task, if it still runs."""
    _hubs.discard(hub)
    task = _listening
    if _hubs or task is None or task.done() or task.get_loop().is_closed():
        return None
    task.get_loop().call_soon_threadsafe(task.cancel)
    return task


_listening: asyncio.Task[None] | None = None


def listen() -> None:
    """Called on the home loop: one subscription for all hubs of the process.

    Not on the loop of whoever follows: a loop that ends (`asyncio.run`) cancels everything at once,
    and the pub/sub layer, cancelled in the middle of its own clean-up, then never comes to an end.
    """
    global _listening
    loop, task = asyncio.get_running_loop(), _listening
    if task is None or task.get_loop() is not loop or task.done() or task.cancelling():
        _listening = loop.create_task(_listen())


async def _listen() -> None:
    """Hear hints from other processes; whatever breaks, try again: the safety check bridges."""
    pause = 0.5
    channel: str | None = None
    while True:
        try:
            # One channel for good: an abandoned one would go on collecting messages.
            channel = channel or await get_channel_layer().new_channel("progress.")
            for number in range(conf().shards):
                await get_channel_layer().group_add(group(number), channel)
            while True:
                tell_hubs(received(await get_channel_layer().receive(channel)))
                pause = 0.5
        except Exception as error:
            logger.warning("the channel layer cannot be heard: %r", error)
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, 10.0)


def tell_hubs(stored: list[Stored]) -> None:
    for hub in tuple(_hubs):
        hub.tell(stored)


def publish(stored: list[Stored]) -> None:
    """Called by the writer after each commit, from its thread."""
    tell_hubs(stored)
    if reaches_others():
        loop = home()
        loop.call_soon_threadsafe(outbox_of(loop).add, stored)


def reaches_others() -> bool:
    """The in-memory layer ends at this process, whose hubs were told without it."""
    layer = get_channel_layer()
    return layer is not None and not isinstance(layer, InMemoryChannelLayer)


class Outbox:
    """Sends one message at a time; what is stored meanwhile goes with the next one.

    Lives on the home loop. With the layer down or paused the hints are dropped, not piled up.
    """

    PATIENCE = 2.0

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiting: list[Stored] = []
        self.sending: asyncio.Task[None] | None = None
        self.is_heard = True

    def add(self, stored: list[Stored]) -> None:
        self.waiting += stored
        if self.sending is None:
            self.sending = asyncio.ensure_future(self._empty())

    async def _empty(self) -> None:
        try:
            while self.waiting:
                batch, self.waiting = self.waiting, []
                await self._send(batch)
        finally:
            self.sending = None

    async def _send(self, batch: list[Stored]) -> None:
        try:
            async with asyncio.timeout(self.PATIENCE):
                for number, hints in by_shard(batch).items():
                    for some in in_messages(hints):
                        message = {"type": HINT, "from": ORIGIN, "batch": some}
                        await get_channel_layer().group_send(group(number), message)
        except Exception as error:
            count_dropped(len(self.waiting) + len(batch))
            self.waiting.clear()
            if self.is_heard:  # an hour without Redis is one line, not fifty a second
                logger.warning("hints are dropped, readers will find out by themselves: %r", error)
            self.is_heard = False
        else:
            if not self.is_heard:
                logger.warning("hints are sent again; %d were dropped so far", dropped)
            self.is_heard = True


_outbox: Outbox | None = None
dropped = 0  # hints that were never sent


def outbox_of(loop: asyncio.AbstractEventLoop) -> Outbox:
    """A loop that was closed took its sender along; the next home gets a new one."""
    global _outbox
    if _outbox is None or _outbox.loop is not loop:
        _outbox = Outbox(loop)
    return _outbox


def by_shard(batch: list[Stored]) -> dict[int, list[list[Any]]]:
    sorted_out: dict[int, list[list[Any]]] = defaultdict(list)
    for session, first, events in batch:
        sorted_out[shard(session)].append([session.bytes, first, events])
    return sorted_out


def in_messages(hints: list[list[Any]]) -> Iterator[list[list[Any]]]:
    """Cut into messages that no broker takes offence at; Redis parts from readers that lag."""
    some: list[list[Any]] = []
    size = 0
    for hint in hints:
        more = sum(map(len, hint[2]))
        if some and size + more > MESSAGE_BYTES:
            yield some
            some, size = [], 0
        some.append(hint)
        size += more
    yield some


def count_dropped(hints: int) -> None:
    global dropped
    dropped += hints


def received(message: dict[str, Any]) -> list[Stored]:
    """The batch of a hint; empty for this process's own echo and for messages it does not know."""
    if message.get("type") != HINT or message.get("from") == ORIGIN:
        return []
    return [Stored(uuid.UUID(bytes=s), first, events) for s, first, events in message["batch"]]


def _forget() -> None:
    global ORIGIN, _listening, _outbox
    ORIGIN, _listening, _outbox = uuid.uuid4().hex, None, None
    _hubs.clear()


os.register_at_fork(after_in_child=_forget)
