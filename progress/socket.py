"""What happens on one WebSocket: who is it, what did they miss, what is new, what do they want.

Frames are documented in docs/protocol.md. The log is the buffer: towards a client that does not
acknowledge, at most `send_window` bytes are on their way; the rest waits in the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import uuid
import weakref
from collections import deque
from typing import Any, Protocol
from urllib.parse import parse_qsl

import orjson
from django.db import DatabaseError

from . import commands, log
from .access import Viewer, socket_viewer
from .conf import conf
from .errors import BadParameter, NotAuthenticated, PermissionDenied, ProgressError, SessionNotFound
from .hub import Chunk
from .limits import place
from .models import Session
from .stream import Follower, Reset
from .threads import in_reader
from .writer import session_of

BAD_MESSAGE, SIGN_IN, NOT_YOURS, NOT_FOUND, TOO_SLOW, TOO_MANY = 4400, 4401, 4403, 4404, 4408, 4429
RESTART, INTERNAL = 1012, 1011

CLOSE_CODES = {400: BAD_MESSAGE, 401: SIGN_IN, 403: NOT_YOURS, 404: NOT_FOUND, 429: TOO_MANY}

open_sockets: weakref.WeakSet[Socket] = weakref.WeakSet()


class Wire(Protocol):
    """The part of a Channels consumer that a socket needs."""

    async def send(self, text_data: str) -> None: ...

    async def close(self, code: int) -> None: ...


class Socket:
    """One connected client and its place in the log."""

    def __init__(self, wire: Any, scope: dict[str, Any], extra_commands: dict[str, Any]) -> None:
        self.wire = wire
        self.scope = scope
        self.commands = {**commands.COMMANDS, **extra_commands}
        self.viewer: Viewer | None = None
        self.follower: Follower | None = None
        self.session: uuid.UUID | None = None
        self.in_flight: deque[tuple[int, int]] = deque()  # (last seq, bytes) not yet acknowledged
        self.unacknowledged = 0
        self.acknowledged = asyncio.Event()
        self.live = False

    async def serve(self) -> None:
        """Until the client leaves: authorise, replay, follow. Ends every failure with its close code."""
        try:
            after = self._wanted_cursor()
            self.viewer, self.session = await self._authorise()
            with place(self.viewer, "websocket"):
                await self._stream(after)
        except ProgressError as error:
            await self.wire.close(code=CLOSE_CODES.get(error.status, INTERNAL))
        except DatabaseError:
            await self.wire.close(code=INTERNAL)

    def _wanted_cursor(self) -> int:
        return cursor_of(self._query().get("after", "0"))

    def _query(self) -> dict[str, str]:
        return dict(parse_qsl(self.scope.get("query_string", b"").decode("latin-1")))

    async def _authorise(self) -> tuple[Viewer, uuid.UUID]:
        session = session_of(self.scope["url_route"]["kwargs"]["session"])
        viewer = await socket_viewer(self.scope)
        if viewer.is_nobody:
            raise NotAuthenticated
        viewer.require("read")
        await in_reader(check_visible, viewer, session)
        return viewer, session

    async def _stream(self, after: int) -> None:
        assert self.session is not None
        self.follower = Follower(self.session, after)
        open_sockets.add(self)
        try:
            await self._ready()
            while True:
                await self._step()
        finally:
            self.follower.close()

    async def _ready(self) -> None:
        assert self.follower is not None and self.session is not None
        first, head = (await in_reader(log.read_heads, [self.session]))[self.session]
        await self._send(
            {"type": "ready", "head": head, "first": first, "heartbeat": conf().heartbeat}
        )
        # Known before the first read, so that a cursor at the head goes live without one.
        self.follower.topic.hear(first, head)
        if self.follower.cursor > head:
            self.follower.cursor = max(first - 1, 0)
            await self._reset(Reset("rewound", head, first))

    async def _step(self) -> None:
        """Send what is next: a piece of the log, news, or a heartbeat when nothing happens."""
        follower = self.follower
        assert follower is not None
        if follower.is_live and not self.live:
            self.live = True
            await self._send({"type": "live", "seq": follower.cursor})
        try:
            async with asyncio.timeout(conf().heartbeat):
                found = await follower.next()
        except TimeoutError:
            return await self._send({"type": "heartbeat", "head": follower.topic.head})
        await (self._reset(found) if isinstance(found, Reset) else self._events(found))

    async def _reset(self, reset: Reset) -> None:
        self.live = False
        await self._send(
            {"type": "reset", "reason": reset.reason, "head": reset.head, "first": reset.first}
        )

    async def _events(self, chunk: Chunk) -> None:
        await self._room()
        self.unacknowledged += chunk.size
        self.in_flight.append((chunk.last, chunk.size))
        await self.wire.send(text_data=chunk.frame)

    async def _room(self) -> None:
        """Wait for acknowledgements; a client that gives none for long comes back with its cursor."""
        while self.unacknowledged > conf().send_window:
            self.acknowledged.clear()
            try:
                async with asyncio.timeout(conf().stall_timeout):
                    await self.acknowledged.wait()
            except TimeoutError:
                await self.wire.close(code=TOO_SLOW)
                raise asyncio.CancelledError from None

    async def _send(self, frame: dict[str, Any]) -> None:
        await self.wire.send(text_data=orjson.dumps(frame).decode())

    # What the client says

    async def received(self, text: str | None) -> None:
        try:
            frame = parse(text)
            kind = frame.get("type")
            if kind == "ack":
                self._acknowledge(cursor_of(frame.get("seq")))
            elif kind == "resume":
                await self._resume(cursor_of(frame.get("after")))
            elif kind in self.commands:
                await self._command(frame)
            else:
                raise BadParameter("type", f"unknown frame type {str(kind)[:50]!r}")
        except BadParameter as error:
            await self._reply(None, error)
            await self.wire.close(code=BAD_MESSAGE)

    def _acknowledge(self, seq: int) -> None:
        while self.in_flight and self.in_flight[0][0] <= seq:
            self.unacknowledged -= self.in_flight.popleft()[1]
        self.acknowledged.set()

    async def _resume(self, after: int) -> None:
        """Start again from a cursor, on the same socket."""
        if self.follower is not None:
            self._acknowledge(2**63)
            self.follower.cursor = after
            self.live = False
            self.follower.wake()

    async def _command(self, frame: dict[str, Any]) -> None:
        if self.viewer is None or self.session is None:
            raise BadParameter("type", "wait for the ready frame first")
        try:
            fields = await self.commands[frame["type"]](self.viewer, self.session, frame)
            await self._reply(frame, None, **(fields or {}))
        except BadParameter:
            raise
        except Exception as error:
            if not hasattr(error, "code"):
                raise
            await self._reply(frame, error)

    async def _reply(
        self, frame: dict[str, Any] | None, error: Exception | None, **fields: Any
    ) -> None:
        reply = {"type": "reply", "id": (frame or {}).get("id"), "ok": error is None, **fields}
        if error is not None:
            reply["error"] = {
                "code": getattr(error, "code", "internal"),
                "message": str(error),
                "status": getattr(error, "status", 500),
            }
        await self._send(reply)

    async def bye(self) -> None:
        """The server is going away: come back, but not all at once."""
        low, high = 200, 3000
        with contextlib.suppress(Exception):
            await self._send({"type": "bye", "retry_ms": [low, high]})
            await self.wire.close(code=RESTART)


def parse(text: str | None) -> dict[str, Any]:
    if text is None:
        raise BadParameter("frame", "send JSON text, not bytes")
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadParameter("frame", "not JSON") from None
    if not isinstance(frame, dict):
        raise BadParameter("frame", "not a JSON object")
    return frame


def cursor_of(value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = -1
    if isinstance(value, bool | float) or not 0 <= number < 2**63:
        raise BadParameter("after", "a whole number from 0 is wanted")
    return number


def check_visible(viewer: Viewer, session: uuid.UUID) -> None:
    if Session.objects.visible_to(viewer).filter(id=session).exists():
        return
    if Session.objects.filter(id=session).exists():
        raise PermissionDenied("this session belongs to somebody else")
    raise SessionNotFound


async def say_goodbye() -> None:
    """Drain: tell every client of this process to come back, spread over a few seconds."""
    sockets = list(open_sockets)
    random.shuffle(sockets)
    await asyncio.gather(*(socket.bye() for socket in sockets))
