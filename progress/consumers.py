"""The WebSocket door: a thin Channels consumer over a `Socket`."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from channels.generic.websocket import AsyncWebsocketConsumer

from .socket import Socket


class ProgressConsumer(AsyncWebsocketConsumer):
    """`ws /ws/progress/{session}?after=N`. Subclass it to add commands of your own (`commands`)."""

    # No channel of its own: the hub subscribes once for the whole process. An alias that is not
    # configured makes Channels leave the layer alone.
    channel_layer_alias = "progress-consumers-have-none"

    #: Client frame type → coroutine function (viewer, session id, frame) → fields of the reply.
    commands: ClassVar[dict[str, Any]] = {}

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels closes old database connections here, a thread hop for every ack. Nothing in
        # this consumer uses a connection of this thread.
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        await self.accept()
        self.socket = Socket(self, self.scope, self.commands)
        self.task = asyncio.create_task(self.socket.serve())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.socket.received(text_data)

    async def disconnect(self, code: int) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
