"""uvicorn with its transport in reach: what makes a viewer cost microseconds and few kilobytes.

Give the class to uvicorn: `uvicorn.Config(..., ws="progress.direct:DirectProtocol",
ws_per_message_deflate=False, ws_ping_interval=None)`. Sockets of `progress` then write ready-made
frames to the transport and see how much of them the client has not taken yet; every other
WebSocket application works as before.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket as sockets
from collections.abc import Callable
from typing import TYPE_CHECKING

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from .conf import conf
from .extension import EXTENSION
from .frames import Frame

if TYPE_CHECKING:
    from .socket import Socket

CLOSING_SECONDS = 5.0  # a client that does not answer the close frame for so long is cut off


class DirectProtocol(WebSocketsSansIOProtocol):
    """The server's end of a connection, and the wire of a `Socket` once one is attached."""

    needs_ack = False
    is_held = False
    socket: Socket | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # `pause_writing` comes when so much is waiting for the client, `resume_writing` when half
        # of it is gone.
        self.transport.set_write_buffer_limits(high=conf().send_window)
        self._notice_dead_clients()

    def _notice_dead_clients(self) -> None:
        """Heartbeats that nobody confirms end the connection: no timer and no pings are needed.

        Later than `Socket.beat` does it, which can still say why.
        """
        raw = self.transport.get_extra_info("socket")
        option = getattr(sockets, "TCP_USER_TIMEOUT", None)
        if raw is not None and option is not None and raw.family != sockets.AF_UNIX:
            raw.setsockopt(sockets.IPPROTO_TCP, option, int(conf().stall_timeout * 2000))

    async def run_asgi(self) -> None:
        self.scope["extensions"] = {**(self.scope.get("extensions") or {}), EXTENSION: self}  # type: ignore[dict-item]
        try:
            await self.app(self.scope, self.receive, self.send)
        except Exception:
            self.logger.exception("Exception in ASGI application\n")
            self.send_500_response()
            self.close(1011)
        if self.socket is None or self.socket.is_closed:
            self._end()
        else:
            self._forget_handshake()

    def _end(self) -> None:
        if not self.handshake_complete:
            self.send_500_response()
        if self.close_timer is None:
            self.transport.close()

    def _forget_handshake(self) -> None:
        """The application has returned; the socket needs none of what was said to begin with."""
        del self.scope, self.request, self.response

    @property
    def is_usable(self) -> bool:
        """Whether frames can be written as they are: no compression was agreed."""
        return not self.conn.extensions

    # What the client says goes straight to the socket.

    def send_receive_event_to_app(self) -> None:
        if self.socket is None or self.close_sent:
            return super().send_receive_event_to_app()
        data, self.frames = b"".join(self.frames), []
        is_text = self.curr_msg_data_type == "text"
        try:
            self.socket.received(data.decode() if is_text else None)
        except UnicodeDecodeError:
            self.socket.close(1007)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.socket is not None and self.transport.is_closing():
            # Nothing may follow our answer to the client's goodbye, nor uvicorn's at a shutdown.
            self.close_sent = True
            self.socket.lost()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.socket is not None:
            self.socket.lost()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.socket is not None:
            # Whoever speaks and reads no reply would fill our memory with replies.
            self.transport.pause_reading()
            self.socket.hold_back()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.socket is not None:
            self._listen()
            if self.socket.stalled:
                self.socket.go_on()

    def _listen(self) -> None:
        if self.has_room() and not self.is_held and not self.transport.is_closing():
            self.transport.resume_reading()

    # The wire

    @property
    def push(self) -> Callable[[bytes], None]:
        return self.transport.write

    def write(self, frame: Frame, seq: int = 0) -> None:
        if not self.close_sent and not self.disconnected:
            self.transport.write(frame.raw)

    def has_room(self) -> bool:
        return self.writable.is_set()

    def acknowledge(self, seq: int) -> None:
        """Not needed: the transport knows."""

    def hold(self) -> None:
        self.is_held = True
        self.transport.pause_reading()

    def release(self) -> None:
        self.is_held = False
        self._listen()

    def close(self, code: int) -> None:
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        with contextlib.suppress(RuntimeError):  # a command was under way
            self.transport.resume_reading()
        # Not `transport.close`, which waits until a client that reads nothing has read it all.
        self.close_timer = self.loop.call_later(CLOSING_SECONDS, self.transport.abort)
