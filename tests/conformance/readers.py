"""One reader for each door. All keep the client rules of docs/protocol.md and nothing more."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import orjson

from tests.progress.house import House


class Reader:
    """Collects numbers up to `last`; leaves after each number in `cuts` and comes back."""

    def __init__(self, house: House, session: uuid.UUID, last: int, cuts: set[int]) -> None:
        self.house, self.session, self.last, self.cuts = house, session, last, set(cuts)
        self.seen: list[int] = []
        self.repeated = 0

    async def read(self) -> None:
        while self.cursor < self.last:
            await self.visit()

    @property
    def cursor(self) -> int:
        return self.seen[-1] if self.seen else 0

    def take(self, seq: int) -> bool:
        """True if the reader should leave now: for a cut, at the end, or at a gap."""
        if seq <= self.cursor:
            self.repeated += 1
            return False
        if seq > self.cursor + 1:
            raise AssertionError(f"{seq} came after {self.cursor}")
        self.seen.append(seq)
        if seq in self.cuts:
            self.cuts.remove(seq)
            return True
        return seq == self.last

    async def visit(self) -> None:
        raise NotImplementedError


class OverWebSocket(Reader):
    async def visit(self) -> None:
        async with self.house.socket(self.session, after=self.cursor) as client:
            while True:
                frame = await client.frame()
                for event in frame.get("events", []):
                    if self.take(event["seq"]):
                        return


class OverServerSentEvents(Reader):
    async def visit(self) -> None:
        headers = {"Last-Event-ID": str(self.cursor)}
        url = f"/api/progress/{self.session}"
        async with self.house.http.stream("GET", url, headers=headers) as response:
            async for seq in numbers(response.aiter_lines()):
                if self.take(seq):
                    return


async def numbers(lines: AsyncIterator[str]) -> AsyncIterator[int]:
    async for line in lines:
        if line.startswith("data: "):
            yield orjson.loads(line[6:])["seq"]


class OverLongPoll(Reader):
    async def visit(self) -> None:
        url = f"/api/progress/{self.session}/events?after={self.cursor}&wait=5&limit=7"
        page = (await self.house.http.get(url)).json()
        for event in page["events"]:
            if self.take(event["seq"]):
                return
        await asyncio.sleep(0)
