"""The WebSocket door, `ws /ws/progress/{session}?after=N`: an ASGI application around a `Socket`.

Where the server offers its transport (progress/direct.py) the application returns once the client
is greeted, and frames go straight to the transport: a viewer costs no task and no wake-ups. On
other servers (daphne, hypercorn, granian) a consumer in the usual way carries the frames.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from channels.consumer import AsyncConsumer

from .conf import conf
from .extension import EXTENSION
from .frames import Frame
from .socket import Socket

LAST_WORDS = 5.0  # seconds that a server gets to send what was written before the end

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class ProgressConsumer(AsyncConsumer):
    """A Channels consumer; subclass it to add commands of your own, and route to `as_asgi()`.

    It takes over before Channels' own dispatch, which gives each connection a channel (a SUBSCRIBE
    on Redis), three tasks, and a thread hop for every message: hints come through the hub, which
    subscribes to the layer once for the whole process.
    """

    #: Client frame type → coroutine function (viewer, session id, frame) → fields of the reply.
    commands: ClassVar[dict[str, Any]] = {}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        # Accepted before it may be refused: only then does a browser see the close code.
        await send({"type": "websocket.accept"})
        direct = scope.get("extensions", {}).get(EXTENSION)
        if direct is not None and direct.is_usable:
            socket = direct.socket = Socket(direct, self.commands)
            await socket.open(scope)
        else:
            await Mediator(receive, send).serve(scope, self.commands)


class Mediator:
    """A wire over ASGI messages, for servers that hide their transport.

    Their `send` does not tell whether the client takes anything, so it has to acknowledge.
    """

    needs_ack = True
    push = None

    def __init__(self, receive: Receive, send: Send) -> None:
        self.receive, self.send = receive, send
        self.waiting: deque[dict[str, Any]] = deque()
        self.more = asyncio.Event()
        self.may_receive = asyncio.Event()
        self.may_receive.set()
        self.in_flight: deque[tuple[int, int]] = deque()  # (last seq, bytes) not acknowledged
        self.unacknowledged = 0
        self.unsent = 0  # bytes that the server has not taken yet
        self.is_held = False
        self.socket: Socket | None = None
        self.sending: asyncio.Task[None] | None = None

    async def serve(self, scope: dict[str, Any], commands: dict[str, Any]) -> None:
        self.socket = Socket(self, commands)
        opening = asyncio.create_task(self.socket.open(scope))
        self.sending = asyncio.create_task(self._send_waiting())
        ways = [self.sending, asyncio.create_task(self._receive_all())]
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in done:
                if not way.cancelled():
                    way.result()
        finally:
            self.socket.lost()
            for task in (opening, *ways):
                task.cancel()
            await asyncio.gather(opening, *ways, return_exceptions=True)

    async def _receive_all(self) -> None:
        assert self.socket is not None
        while (message := await self.receive())["type"] != "websocket.disconnect":
            self.socket.received(message.get("text"))
            await self.may_receive.wait()

    async def _send_waiting(self) -> None:
        while True:
            await self.more.wait()
            while self.waiting:
                message = self.waiting.popleft()
                try:
                    await self.send(message)
                except OSError:
                    return  # the client has gone
                self.unsent -= len(message.get("text", ""))
                self._listen()
                self._tell_of_room()
            self.more.clear()

    def _tell_of_room(self) -> None:
        if self.socket is not None and self.socket.stalled and self.has_room():
            self.socket.go_on()

    def _put(self, message: dict[str, Any]) -> None:
        self.waiting.append(message)
        self.unsent += len(message.get("text", ""))
        self.more.set()
        self._listen()

    def _listen(self) -> None:
        """To acknowledgements always, but not to one who speaks and lets the replies pile up."""
        is_closed = self.socket is not None and self.socket.is_closed
        if is_closed or not (self.is_held or self.unsent >= conf().send_window):
            self.may_receive.set()
        else:
            self.may_receive.clear()

    # The wire

    def write(self, frame: Frame, seq: int = 0) -> None:
        if seq:
            self.in_flight.append((seq, len(frame.payload)))
            self.unacknowledged += len(frame.payload)
        self._put({"type": "websocket.send", "text": frame.text})

    def has_room(self) -> bool:
        return max(self.unacknowledged, self.unsent) < conf().send_window

    def acknowledge(self, seq: int) -> None:
        while self.in_flight and self.in_flight[0][0] <= seq:
            self.unacknowledged -= self.in_flight.popleft()[1]
        if self.has_room() and self.socket is not None:
            self.socket.go_on()

    def hold(self) -> None:
        self.is_held = True
        self._listen()

    def release(self) -> None:
        self.is_held = False
        self._listen()

    def close(self, code: int) -> None:
        self._put({"type": "websocket.close", "code": code})
        if self.sending is not None:
            # The server may wait for room on a connection whose client takes nothing any more.
            asyncio.get_running_loop().call_later(LAST_WORDS, self.sending.cancel)
