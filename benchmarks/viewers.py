"""The load: thousands of viewers that only count, on a core of their own.

They look for the mark `@@<nanoseconds>.` that each message carries, whatever is around it, so that
every peer is read at the same small cost.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field

MARK = re.compile(rb"@@(\d+)\.")
EVERY = 7  # one in so many deliveries has its latency taken


@dataclass
class Tally:
    """What all viewers of one scenario saw."""

    delivered: int = 0
    latencies: list[float] = field(default_factory=list)  # milliseconds
    connected: int = 0
    caught_up: int = 0
    goal: int = 0  # events after which a viewer counts as caught up
    all_done: asyncio.Event = field(default_factory=asyncio.Event)


class Viewer(asyncio.Protocol):
    """One connection; `reads=False` shakes hands and then reads nothing."""

    def __init__(self, request: bytes, tally: Tally, wanted: int, reads: bool = True) -> None:
        self.request, self.tally, self.wanted, self.reads = request, tally, wanted, reads
        self.rest = b""
        self.seen = 0
        self.greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if not self.greeted:
            self.greeted = True
            self.tally.connected += 1
            if not self.reads:
                return self.transport.pause_reading()
        data = self.rest + data
        found = MARK.findall(data)
        # A mark may be cut in two; its beginning is looked at again with the next piece.
        cut = data.rfind(b"@", max(0, len(data) - 24))
        self.rest = data[cut - 1 :] if cut > 0 and not MARK.search(data, cut - 1) else b""
        if found:
            self._count(found)

    def _count(self, found: list[bytes]) -> None:
        tally = self.tally
        before = tally.delivered
        tally.delivered += len(found)
        self.seen += len(found)
        if before // EVERY != tally.delivered // EVERY and found[-1] != b"0":
            tally.latencies.append((time.monotonic_ns() - int(found[-1])) / 1e6)
        if tally.goal and self.seen >= tally.goal and self.seen - len(found) < tally.goal:
            tally.caught_up += 1
            if tally.caught_up >= self.wanted:
                tally.all_done.set()


def handshake(transport: str, port: int, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if transport == "websocket":
        lines += ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]
        lines += ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
    else:
        lines += ["Accept: text/event-stream"]
    return "\r\n".join([*lines, "", ""]).encode()


async def connect(
    transport: str,
    port: int,
    paths: list[str],
    headers: dict[str, str],
    tally: Tally,
    reads: bool = True,
    at_once: int = 100,
) -> list[Viewer]:
    """Open one viewer for each path, so many at a time, and wait until all are greeted."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(at_once)
    viewers: list[Viewer] = []

    async def one(path: str) -> None:
        request = handshake(transport, port, path, headers)
        viewer = Viewer(request, tally, len(paths), reads)
        async with gate:
            await loop.create_connection(lambda: viewer, "127.0.0.1", port)
            viewers.append(viewer)

    before = tally.connected
    await asyncio.gather(*map(one, paths))
    while tally.connected < before + len(paths):
        await asyncio.sleep(0.01)
    return viewers


def close(viewers: list[Viewer]) -> None:
    for viewer in viewers:
        viewer.transport.abort()
