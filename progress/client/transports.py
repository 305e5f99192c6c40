"""Three ways to the same events: WebSocket, server-sent events, long poll.

Each is an async generator of frames as docs/protocol.md describes them for the WebSocket. It reads
`place.last` when it opens and after each frame. It raises ConnectionRefused when trying again is
useless, and Broken or ends when it is not.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from .errors import REFUSALS, Broken, ConnectionRefused

Frame = dict[str, Any]
HEARTBEAT = 15.0  # seconds, until the server says another
SILENCE = 2.5  # heartbeats without a sign of life, after which a connection counts as dead
TOO_SLOW = 4408


@dataclass
class Place:
    """Where a follower is in the log, and whether it wants everything after that again."""

    last: int
    again: bool = False


Frames = AsyncGenerator[Frame, None]
Transport = Callable[[httpx.AsyncClient, str, Place], Frames]


async def websocket(http: httpx.AsyncClient, session: str, place: Place) -> Frames:
    """Frames as the server sends them; acknowledges, and asks again on the same socket."""
    # As an HTTP request would be made: below the server's prefix, with the token or the cookies.
    as_http = http.build_request("GET", f"/ws/progress/{session}", params={"after": place.last})
    url = as_http.url.copy_with(scheme={"http": "ws", "https": "wss"}[as_http.url.scheme])
    options: dict[str, Any] = {"max_size": None, "compression": None, "ping_interval": None}
    try:
        async with connect(str(url), additional_headers=identity(as_http), **options) as socket:
            patience = HEARTBEAT * SILENCE
            while True:
                frame = json.loads(await asyncio.wait_for(socket.recv(), patience))
                patience = frame.get("heartbeat", patience / SILENCE) * SILENCE
                yield frame
                await socket.send(json.dumps(reaction(place)))
    except ConnectionClosed as closed:
        raise ending(closed.rcvd.code if closed.rcvd else 1006) from None
    except (WebSocketException, OSError, TimeoutError):
        raise Broken from None


def identity(request: httpx.Request) -> list[tuple[str, str]]:
    names = ("authorization", "cookie")
    return [(name, request.headers[name]) for name in names if name in request.headers]


def reaction(place: Place) -> Frame:
    if place.again:
        place.again = False
        return {"type": "resume", "after": place.last}
    return {"type": "ack", "seq": place.last}


def ending(code: int) -> Exception:
    if code in REFUSALS:
        return ConnectionRefused(code)
    return Broken(0.0 if code == TOO_SLOW else None)


async def server_sent(http: httpx.AsyncClient, session: str, place: Place) -> Frames:
    """Ends when something is wanted again: a stream cannot go back."""
    url = f"/api/progress/{session}?after={place.last}"
    limits = httpx.Timeout(10, read=HEARTBEAT * SILENCE)
    try:
        async with http.stream("GET", url, timeout=limits) as answer:
            check(answer)
            yield {"type": "ready"}
            async for name, data in parse(answer.aiter_lines()):
                yield frame_of(name, data)
                if place.again:
                    return
    except httpx.HTTPError:
        raise Broken from None


async def parse(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, str]]:
    """(event, data) of each message, as the HTML standard says; a comment is a heartbeat."""
    name, data = "message", list[str]()
    async for line in lines:
        field, _, value = line.partition(":")
        if not line:
            if data:
                yield name, "\n".join(data)
            name, data = "message", []
        elif not field:
            yield "heartbeat", "{}"
        elif field == "event":
            name = value.removeprefix(" ")
        elif field == "data":
            data.append(value.removeprefix(" "))


def frame_of(name: str, data: str) -> Frame:
    found = json.loads(data)
    return {"type": "events", "events": [found]} if "seq" in found else {**found, "type": name}


async def poll(http: httpx.AsyncClient, session: str, place: Place) -> Frames:
    """Long poll: the first look answers at once, later ones when there is news."""
    wait = 0
    try:
        while True:
            wanted = {"after": place.last, "limit": 1000, "wait": wait}
            url = f"/api/progress/{session}/events"
            answer = await http.get(url, params=wanted, timeout=httpx.Timeout(10, read=wait + 10))
            check(answer)
            page = answer.json()
            lost = page["first"] > place.last + 1 or page["head"] < place.last
            if lost:
                yield {"type": "reset", "reason": "cleared", **bounds(page)}
            yield {"type": "events", "events": page["events"]}
            if not page["events"]:
                yield {"type": "heartbeat", **bounds(page)}
            place.again, wait = False, 25
    except httpx.HTTPError:
        raise Broken from None


def bounds(page: Frame) -> Frame:
    return {"head": page["head"], "first": page["first"]}


def check(answer: httpx.Response) -> None:
    """Raise ConnectionRefused or Broken for anything but 200."""
    if answer.status_code == 200:
        return
    if answer.status_code + 4000 in REFUSALS:
        raise ConnectionRefused(answer.status_code + 4000)
    after = answer.headers.get("retry-after", "")
    raise Broken(float(after) if after.isdigit() else None)


TRANSPORTS: dict[str, Transport] = {"websocket": websocket, "sse": server_sent, "poll": poll}
