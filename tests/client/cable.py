"""A cable between a client and a server that can be cut, and that can block some requests."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self
from urllib.parse import urlsplit


class Cable:
    """A TCP proxy. A client that says one of the `blocked` texts (in lower case) is hung up on.

    `budgets`: after so many bytes from the server everything is cut, wherever that is in a frame;
    then the next budget counts.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.blocked: list[bytes] = []
        self.budgets: list[int] = []
        self.opened = 0
        self.through: set[asyncio.StreamWriter] = set()
        self.joined: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        own = self.server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{own}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        self.cut()
        await asyncio.gather(*self.joined)

    def cut(self) -> None:
        """Everything that is connected now is lost, without a word."""
        for writer in tuple(self.through):
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        task = asyncio.current_task()
        assert task is not None
        self.joined.add(task)
        there, back = await asyncio.open_connection(self.host, self.port)
        self.through |= {writer, back}
        await asyncio.gather(self._carry(reader, back, True), self._carry(there, writer, False))
        self.through -= {writer, back}
        self.joined.discard(task)

    def _is_spent(self, size: int) -> bool:
        if self.budgets and size < self.budgets[0]:
            self.budgets[0] -= size
            return False
        return bool(self.budgets)

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, from_client: bool
    ) -> None:
        """Until one side ends; then the other one ends, too."""
        with contextlib.suppress(OSError):
            while data := await source.read(65_536):
                if from_client and any(text in data.lower() for text in self.blocked):
                    break
                if not from_client and self._is_spent(len(data)):
                    target.write(data[: self.budgets.pop(0)])
                    await target.drain()
                    self.cut()
                    break
                target.write(data)
                await target.drain()
        target.transport.abort()
