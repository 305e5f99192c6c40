"""Reads of the log, shared by all who want the same page."""

from __future__ import annotations

import asyncio
import uuid
from collections import OrderedDict

from . import log
from .conf import conf
from .log import Page
from .threads import in_reader
from .topic import Chunk, Topic


class Pages:
    """Reads of the log, shared: readers that want the same page get the same read.

    Events never change, so a page stays valid and is kept for the next of a storm. What came after
    it is another page; one that was cleared or set back since is recognised by the log's bounds.
    """

    def __init__(self) -> None:
        self.reading: dict[tuple[uuid.UUID, int], asyncio.Task[tuple[Page, Chunk]]] = {}
        self.outdated: set[tuple[uuid.UUID, int]] = set()  # forgotten while they were being read
        self.kept: OrderedDict[tuple[uuid.UUID, int], tuple[Page, Chunk]] = OrderedDict()
        self.size = 0
        self.reads = 0

    async def get(self, after: int, topic: Topic) -> tuple[Page, Chunk]:
        """The page after the cursor, also as a chunk, within what the topic knows of the log."""
        key = (topic.session, after)
        found = self.kept.get(key)
        if found is not None and topic.holds(found[1]):
            self.kept.move_to_end(key)
            return found
        if key not in self.reading:
            read = self.reading[key] = asyncio.create_task(self._read(key))
            # If all who wanted it have gone, nobody else asks what became of it.
            read.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(self.reading[key])

    async def _read(self, key: tuple[uuid.UUID, int]) -> tuple[Page, Chunk]:
        try:
            page = await self._current(key)
            entry = (page, Chunk(page.first, page.events))
            if page.events:
                self._keep(key, entry)
            return entry
        finally:
            del self.reading[key]
            self.outdated.discard(key)

    async def _current(self, key: tuple[uuid.UUID, int]) -> Page:
        """What the log has there now, also if it was set back during the read."""
        while True:
            self.reads += 1
            page = await in_reader(log.read_page, *key, conf().page_size)
            if key not in self.outdated:
                return page
            self.outdated.discard(key)

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
        """The log was set back: what was read before, or is being read, may not be in it."""
        self.outdated.update(key for key in self.reading if key[0] == session)
        for key in [key for key in self.kept if key[0] == session]:
            self._drop(key)
