"""django-eventstream with its database storage and Redis."""

from __future__ import annotations

import uuid
from typing import Any

from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.urls import include
from django.urls import path as url
from django_eventstream import send_event

LABEL = "django-eventstream"
STORES = True
TRANSPORT = "sse"
SERVER: dict[str, Any] = {}
one_channel = {"format-channels": ["{channel}"]}
urlpatterns = [url("events/<channel>", include("django_eventstream.urls"), one_channel)]
application = get_asgi_application()
emitted = 0


def prepare(count: int) -> list[str]:
    return [str(uuid.uuid4()) for _ in range(count)]


def path(session: str) -> str:
    return f"/events/{session}"


def headers() -> dict[str, str]:
    return {}


async def emit(session: str, message: str) -> None:
    global emitted
    emitted += 1
    fields = {"session": session, "level": "info", "message": message}
    await sync_to_async(send_event)(session, "progress", fields)


def settle() -> None:
    """Each event was stored before `emit` returned."""


def facts() -> dict[str, Any]:
    return {"stored": emitted}
