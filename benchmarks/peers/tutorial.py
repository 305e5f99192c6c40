"""The way of the Channels tutorial: one `acreate` and one `group_send` an event."""

from __future__ import annotations

import uuid
from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path as url
from django.utils import timezone

from progress.models import Event, Session

LABEL = "Channels tutorial"
STORES = True
TRANSPORT = "websocket"
SERVER: dict[str, Any] = {"ws_per_message_deflate": False}
counts: dict[str, int] = {}


class Consumer(AsyncJsonWebsocketConsumer):
    channel_layer_alias = "tutorial"

    async def connect(self) -> None:
        self.group = f"session.{self.scope['url_route']['kwargs']['session']}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def progress_event(self, event: dict[str, Any]) -> None:
        await self.send_json(event["event"])


sockets = URLRouter([url("ws/<session>", Consumer.as_asgi())])
application = ProtocolTypeRouter({"http": get_asgi_application(), "websocket": sockets})


def prepare(count: int) -> list[str]:
    return [str(Session.objects.create().id) for _ in range(count)]


def path(session: str) -> str:
    return f"/ws/{session}"


def headers() -> dict[str, str]:
    return {}


async def emit(session: str, message: str) -> None:
    counts[session] = counts.get(session, 0) + 1
    event = await Event.objects.acreate(
        session_id=uuid.UUID(session), seq=counts[session], kind="log", level="info",
        message=message, created_at=timezone.now(),
    )  # fmt: skip
    fields = {"seq": event.seq, "level": "info", "message": message, "session": session}
    group, content = f"session.{session}", {"type": "progress.event", "event": fields}
    await get_channel_layer("tutorial").group_send(group, content)


def settle() -> None:
    """Each event was stored before `emit` returned."""


def facts() -> dict[str, Any]:
    return {"stored": sum(counts.values())}
