"""The design that came before: FastAPI and sse-starlette with queues in memory, nothing stored."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from sse_starlette.sse import EventSourceResponse

LABEL = "FastAPI + sse-starlette"
STORES = False
TRANSPORT = "sse"
SERVER: dict[str, Any] = {}
application = FastAPI()
queues: dict[str, list[asyncio.Queue[str]]] = defaultdict(list)
emitted = 0


@application.get("/stream/{session}")
async def stream(session: str) -> EventSourceResponse:
    queue: asyncio.Queue[str] = asyncio.Queue()
    queues[session].append(queue)

    async def events() -> AsyncIterator[dict[str, str]]:
        try:
            while True:
                yield {"event": "progress", "data": await queue.get()}
        finally:
            queues[session].remove(queue)

    return EventSourceResponse(events())


def prepare(count: int) -> list[str]:
    return [str(uuid.uuid4()) for _ in range(count)]


def path(session: str) -> str:
    return f"/stream/{session}"


def headers() -> dict[str, str]:
    return {}


async def emit(session: str, message: str) -> None:
    global emitted
    emitted += 1
    now = datetime.now(UTC).isoformat()
    event = json.dumps({"session": session, "level": "info", "message": message, "created_at": now})
    for queue in queues[session]:
        queue.put_nowait(event)


def settle() -> None:
    """Nothing is stored."""


def facts() -> dict[str, Any]:
    return {"stored": 0}
