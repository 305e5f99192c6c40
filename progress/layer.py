"""Hints that the log has grown: to this process's hubs directly, to others over the channel layer.

A hint carries the new events, so that in the good case nobody reads the log, but it is only a
hint: lost, doubled or reordered it costs time, never data. Sessions are hashed onto a few shard
groups, and one message tells of a whole batch, because a `group_send` costs more than an event.
"""

from __future__ import annotations

import asyncio
import logging
import os
import uuid
from collections import defaultdict
from collections.abc import Iterator
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
    _hubs.add(hub)


def leave(hub: Hub) -> None:
    _hubs.discard(hub)


def publish(stored: list[Stored]) -> None:
    """Called by the writer after each commit, from its thread."""
    for hub in tuple(_hubs):
        hub.tell(stored)
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
            logger.warning("hints were dropped, readers will find out by themselves: %r", error)


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
    global ORIGIN, _outbox
    ORIGIN, _outbox = uuid.uuid4().hex, None
    _hubs.clear()


os.register_at_fork(after_in_child=_forget)
