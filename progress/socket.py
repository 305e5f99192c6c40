"""What happens on one WebSocket: who is it, what did they miss, what is new, what do they want.

Frames are documented in docs/protocol.md. The log is the buffer: towards a client that does not
read, at most `send_window` bytes and a frame are on their way; the rest waits in the database.

A socket that is live has no task: the hub pushes news to its wire at once. Only reading the log,
and a command, take a task for as long as they last.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections.abc import Coroutine
from typing import Any

from django.http import QueryDict

from . import commands, frames
from .access import Viewer, socket_viewer
from .client_frames import BadFrame, number, parse
from .conf import conf
from .door import digits
from .errors import (
    DATABASE_AWAY,
    BadParameter,
    NotAuthenticated,
    PermissionDenied,
    ProgressError,
    SessionNotFound,
)
from .events import session_of
from .limits import Place
from .models import Session
from .stream import Follower, Reset
from .threads import in_reader
from .topic import Chunk
from .wire import Wire

logger = logging.getLogger("progress.socket")

BAD_MESSAGE, SIGN_IN, NOT_YOURS, NOT_FOUND, TOO_SLOW, TOO_MANY = 4400, 4401, 4403, 4404, 4408, 4429
RESTART, INTERNAL = 1012, 1011

CLOSE_CODES = {400: BAD_MESSAGE, 401: SIGN_IN, 403: NOT_YOURS, 404: NOT_FOUND, 429: TOO_MANY}

COME_BACK = (200, 3000)  # milliseconds between which a client waits when the server restarts

open_sockets: set[Socket] = set()
dropped_for_slowness = 0


class Socket:
    """One connected client and its place in the log."""

    __slots__ = (
        "commands",
        "follower",
        "is_closed",
        "is_live",
        "place",
        "stalled",
        "tasks",
        "viewer",
        "wire",
    )

    def __init__(self, wire: Wire, extra_commands: dict[str, Any]) -> None:
        self.wire = wire
        self.commands = extra_commands
        self.viewer: Viewer | None = None
        self.follower: Follower | None = None
        self.place: Place | None = None
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.stalled = 0.0  # since when (loop time) there is no room on the wire; 0: there is
        self.is_live = self.is_closed = False
        open_sockets.add(self)

    async def open(self, scope: dict[str, Any]) -> None:
        """Authorise and greet; from then on the socket works by itself. Failures close it."""
        try:
            query = QueryDict(scope.get("query_string", b""))
            after = number(digits(query.get("after") or "0"), "after")
            session = session_of(scope["url_route"]["kwargs"]["session"])
            viewer = await socket_viewer(scope)
            if self.is_closed:
                return
            # Before the bounds are read, or what is stored in between would be nobody's news.
            self.follower = Follower(session, after, proof=viewer.proof)
            first, head = await in_reader(readable, viewer, session)
            if not self.is_closed:
                self._begin(viewer, self.follower, first, head)
        except ProgressError as error:
            self.close(CLOSE_CODES.get(error.status, INTERNAL))
        except DATABASE_AWAY as error:
            logger.warning("a socket could not be opened: %s", error)
            self.close(INTERNAL)
        except Exception:
            logger.exception("a socket could not be opened")
            self.close(INTERNAL)

    def _begin(self, viewer: Viewer, follower: Follower, first: int, head: int) -> None:
        self.place = Place(viewer, "websocket")
        self.viewer = viewer
        follower.on_refused = self._refuse
        reset = follower.begin(first, head)
        greeting = frames.ready(head, first, conf().heartbeat, self.wire.needs_ack)
        self.wire.write(greeting)
        if reset is not None:
            self._reset(reset)
        follower.on_news = self._on_news
        follower.hub.pulse.join(self)
        self.go_on()

    # Sending

    def _on_news(self) -> None:
        if not self.stalled:
            self.go_on()

    def go_on(self) -> None:
        """Send what is in memory; if that is not all, read the log. Also called on new room."""
        follower = self.follower
        if follower is None or self.is_closed or "read" in self.tasks:
            return
        if not self.wire.has_room():
            return self.hold_back()
        self.stalled, follower.push = 0.0, None
        while not self.stalled and (chunk := follower.take()) is not None:
            self._send(chunk)
        if self.stalled:
            return
        if follower.is_live:
            follower.push = self.wire.push
            self._say_live()  # which may fill the wire
        else:
            self._start("read", self._read_log())

    def hold_back(self) -> None:
        """The wire is full: news wait in the log until there is room (`go_on`)."""
        if self.follower is not None:
            self.follower.push = None
            self.stalled = self.stalled or self.follower.hub.loop.time()

    def _send(self, chunk: Chunk) -> None:
        """Write the pieces that there is room for, and put the cursor behind the last of them."""
        assert self.follower is not None
        for piece in chunk.pieces:
            if not self.wire.has_room():
                self.follower.cursor = piece.first - 1
                return self.hold_back()
            self.wire.write(piece.frame, piece.last)

    def _say_live(self) -> None:
        if not self.is_live and self.follower is not None:
            self.is_live = True
            self.wire.write(frames.live(self.follower.cursor))

    async def _read_log(self) -> None:
        follower = self.follower
        assert follower is not None
        while not follower.is_live and not self.stalled and not self.is_closed:
            found = await follower.catch_up()
            if isinstance(found, Reset):
                self._reset(found)
            elif found is not None:
                self._send(found)
            elif not follower.is_live:
                await asyncio.sleep(0.02)  # the read was older than the hint
        # No await between the last look and this: news from now on find no task.
        del self.tasks["read"]
        self.go_on()  # which does nothing on a full wire

    def _reset(self, reset: Reset) -> None:
        self.is_live = False
        self.wire.write(frames.reset(reset.reason, reset.head, reset.first))

    def _refuse(self) -> None:
        """The token was revoked, or the user signed out."""
        self.close(SIGN_IN)

    def beat(self) -> None:
        """The process's timer: greet the client, or part from one that takes nothing."""
        global dropped_for_slowness
        follower = self.follower
        if follower is None:
            return
        if not self.stalled:
            self.wire.write(frames.heartbeat(follower.topic.head))
        elif follower.hub.loop.time() - self.stalled > conf().stall_timeout:
            dropped_for_slowness += 1
            self.close(TOO_SLOW)

    # What the client says

    def received(self, text: str | None) -> None:
        try:
            self._take(parse(text))
        except BadParameter as error:
            self.wire.write(frames.reply(None, error, {}))
            self.close(BAD_MESSAGE)

    def _take(self, frame: dict[str, Any]) -> None:
        kind = frame.get("type")
        if kind == "ack":
            self.wire.acknowledge(number(frame.get("seq"), "seq"))
        elif kind == "resume":
            self._resume(number(frame.get("after"), "after"))
        elif isinstance(kind, str) and (kind in commands.COMMANDS or kind in self.commands):
            self._command(frame)
        else:
            raise BadFrame("type", f"unknown frame type {str(kind)[:50]!r}")

    def _resume(self, after: int) -> None:
        """Start again from a cursor, on the same socket."""
        if self.viewer is None or self.follower is None:
            raise BadFrame("type", "wait for the ready frame first")
        self.follower.cursor = after
        self.is_live = False
        self.wire.acknowledge(2**63)
        self.go_on()

    def _command(self, frame: dict[str, Any]) -> None:
        if self.viewer is None:
            raise BadFrame("type", "wait for the ready frame first")
        # One command at a time: a client that sends a thousand waits for itself. Those that came in
        # one packet with another are here already; each waits for the one before.
        self.wire.hold()
        self._start("command", self._obey(frame, self.tasks.get("command")))

    async def _obey(self, frame: dict[str, Any], before: asyncio.Task[None] | None) -> None:
        assert self.viewer is not None and self.follower is not None
        if before is not None:
            await asyncio.wait((before,))
        act = self.commands.get(frame["type"]) or commands.COMMANDS[frame["type"]]
        # A command is a request: its reply, its log lines and what it starts name it by this id.
        request_id = uuid.uuid4().hex
        error: Exception | None = None
        fields: dict[str, Any] = {}
        try:
            asked = {**frame, "request_id": request_id}
            fields = await act(self.viewer, self.follower.session, asked) or {}
        except Exception as raised:
            error = told(raised, request_id)
        is_last = self.tasks["command"] is asyncio.current_task()
        if is_last:
            del self.tasks["command"]
        if not self.is_closed:
            self.wire.write(frames.reply(frame.get("id"), error, fields, request_id))
            if is_last:
                self.wire.release()

    # The end

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = self.tasks[name] = asyncio.create_task(work)
        task.add_done_callback(self._check)

    def _check(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None:
            return
        error = task.exception()
        if isinstance(error, SessionNotFound):
            return self.close(NOT_FOUND)
        logger.error("a socket failed", exc_info=error)
        self.close(INTERNAL)

    def say_goodbye(self) -> None:
        """The server is going away: come back, but not all at once."""
        if not self.is_closed:
            if not self.stalled:
                self.wire.write(frames.bye(*COME_BACK))
            self.close(RESTART)

    def close(self, code: int) -> None:
        if not self.is_closed:
            self._let_go()
            self.wire.close(code)

    def lost(self) -> None:
        """The connection has ended."""
        if not self.is_closed:
            self._let_go()

    def _let_go(self) -> None:
        self.is_closed = True
        open_sockets.discard(self)
        if self.follower is not None:
            self.follower.hub.pulse.leave(self)
            self.follower.close()
        if self.place is not None:
            self.place.leave()
        # A command goes on: what the user asked for does not depend on the wire.
        if "read" in self.tasks:
            self.tasks["read"].cancel()


def told(error: Exception, request_id: str) -> Exception:
    """The error as the client may know it: an unexpected one stays in the log."""
    named = {"request_id": request_id}
    if isinstance(getattr(error, "code", None), str):
        logger.info("a command was refused: %s", error, extra=named)
        return error
    logger.error("a command failed", exc_info=error, extra=named)
    return CommandFailed()


class CommandFailed(ProgressError):
    """Something went wrong on the server."""

    code = "internal"
    status = 500


def readable(viewer: Viewer, session: uuid.UUID) -> tuple[int, int]:
    """The bounds of the log, (first, last), if the viewer may read it.

    Raises NotAuthenticated, PermissionDenied or SessionNotFound.
    """
    if viewer.is_nobody:
        raise NotAuthenticated
    viewer.require("read")
    mine = Session.objects.visible_to(viewer).filter(id=session)
    bounds = mine.values_list("first_seq", "last_seq").first()
    if bounds is not None:
        return bounds
    if Session.objects.filter(id=session).exists():
        raise PermissionDenied("this session belongs to somebody else")
    raise SessionNotFound


async def say_goodbye() -> None:
    """Drain: tell every client of this process to come back, spread over a few seconds."""
    sockets = list(open_sockets)
    random.shuffle(sockets)
    for socket in sockets:
        socket.say_goodbye()
    # The frames leave with the next turns of the loop.
    await asyncio.sleep(0)
