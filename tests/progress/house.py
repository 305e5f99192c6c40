"""The doors of `progress` on real sockets, and clients that walk through them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

import httpx
import uvicorn
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from progress.access import Viewer, signer
from progress.asgi import Doors
from progress.conf import conf
from progress.hub import hub
from progress.routing import websocket_urlpatterns
from progress.socket import say_goodbye


class House:
    """A uvicorn on this loop. `direct=False` serves as any other ASGI server would."""

    def __init__(self, viewer: Viewer, direct: bool = True) -> None:
        self.viewer = viewer
        self.direct = direct
        self.stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.server = uvicorn.Server(self._configuration())
        self.serving = asyncio.create_task(self.server._serve())
        while not self.server.started:
            await asyncio.sleep(0.005)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]
        self.http = await self.stack.enter_async_context(
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{self.port}", cookies=self.cookies, timeout=30
            )
        )
        return self

    def _configuration(self) -> uvicorn.Config:
        return uvicorn.Config(
            ProtocolTypeRouter(
                {
                    "http": Doors(get_asgi_application()),
                    "websocket": URLRouter(websocket_urlpatterns),
                }
            ),
            port=0,
            log_config=None,
            lifespan="off",
            ws="progress.direct:DirectProtocol" if self.direct else "websockets-sansio",
            ws_ping_interval=None,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=1,
        )

    async def __aexit__(self, *_: object) -> None:
        await self.stack.aclose()
        await say_goodbye()
        self.server.should_exit = True
        await self.serving
        await hub().stop()

    @property
    def cookies(self) -> dict[str, str]:
        return {conf().browser_cookie: signer().sign(str(self.viewer.browser))}

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    @asynccontextmanager
    async def socket(
        self, session: uuid.UUID | str, after: object = 0, headers: dict[str, str] | None = None
    ) -> AsyncIterator[Client]:
        url = f"ws://127.0.0.1:{self.port}/ws/progress/{session}?after={after}"
        options: dict[str, Any] = {"compression": None, "max_size": None}
        given = self.headers if headers is None else headers
        async with connect(url, additional_headers=given, **options) as connection:
            yield Client(connection)


class Client:
    """One WebSocket, its frames as objects. Acknowledges events where the server asks for it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.acknowledges = False

    async def frame(self) -> dict[str, Any]:
        async with asyncio.timeout(30):
            frame = json.loads(await self.connection.recv())
        if frame["type"] == "ready":
            self.acknowledges = frame["ack"]
        if self.acknowledges and frame["type"] == "events":
            await self.say(type="ack", seq=frame["events"][-1]["seq"])
        return frame

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """All frames up to the first of this kind."""
        frames = [await self.frame()]
        while frames[-1]["type"] != kind:
            frames.append(await self.frame())
        return frames

    async def events(self, last: int) -> list[dict[str, Any]]:
        """The events up to the one numbered `last`."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["seq"] < last:
            found += (await self.frame()).get("events", [])
        return found

    async def say(self, **frame: Any) -> None:
        await self.connection.send(json.dumps(frame))

    async def close_code(self) -> int | None:
        """Read on to the end; the code with which the server closed."""
        try:
            async with asyncio.timeout(30):
                while True:
                    await self.connection.recv()
        except ConnectionClosed:
            return self.connection.close_code
