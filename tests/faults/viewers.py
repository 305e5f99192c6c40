"""A client that keeps the rules of docs/protocol.md, and remembers everything it was shown."""

import asyncio
import itertools
import json
from collections.abc import Sequence
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

FINAL = {"succeeded", "unsupported", "failed", "cancelled", "interrupted"}


class Viewer:
    """Follows one session until its run has ended, over whichever web process answers."""

    def __init__(self, addresses: Sequence[str], session: str, cookie: str):
        self.addresses = itertools.cycle(addresses)
        self.session = session
        self.cookie = cookie
        self.cursor = 0
        self.seen: dict[int, str] = {}
        self.repeated = 0
        self.connections = 0
        self.closed_with: list[int | None] = []
        self.socket: ClientConnection | None = None
        self.ended = asyncio.Event()

    async def follow(self) -> None:
        while not self.ended.is_set():
            with suppress(OSError, WebSocketException, TimeoutError):
                await self._visit(next(self.addresses))
            await asyncio.sleep(0.05)

    async def _visit(self, address: str) -> None:
        url = f"{address.replace('http', 'ws')}/ws/progress/{self.session}?after={self.cursor}"
        headers = {"Cookie": self.cookie}
        async with connect(url, additional_headers=headers, open_timeout=5) as socket:
            self.socket = socket
            self.connections += 1
            try:
                while not self.ended.is_set():
                    frame = json.loads(await asyncio.wait_for(socket.recv(), 20))
                    await self._take(frame, socket)
            finally:
                self.closed_with.append(socket.close_code)

    async def _take(self, frame: dict, socket: ClientConnection) -> None:
        if frame["type"] == "events":
            for event in frame["events"]:
                await self._apply(event, socket)
            await socket.send(json.dumps({"type": "ack", "seq": self.cursor}))

    async def _apply(self, event: dict, socket: ClientConnection) -> None:
        if event["seq"] <= self.cursor:
            self.repeated += 1
        elif event["seq"] == self.cursor + 1:
            self.cursor = event["seq"]
            self.seen[event["seq"]] = event["message"]
            if event["kind"] == "state" and event["data"]["state"] in FINAL:
                self.ended.set()
        else:
            await socket.send(json.dumps({"type": "resume", "after": self.cursor}))

    def cut(self) -> None:
        """As a train in a tunnel does: without a closing handshake."""
        if self.socket is not None:
            self.socket.transport.abort()
