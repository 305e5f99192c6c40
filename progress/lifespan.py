"""What a process does when it starts to serve, and when it ends.

Wrap the whole ASGI application in it: `Lifespan(ProtocolTypeRouter({"http": …, "websocket": …}))`.
"""

import asyncio
import logging
from typing import Any

from . import holders, loop, writer
from .dispatch import inprocess
from .dispatch.watchman import watchman

logger = logging.getLogger(__name__)


class Lifespan:
    """An ASGI application with a beginning and an end around another one.

    A server without the lifespan protocol (daphne) begins with its first request. Runs that are
    at work at the end get `drain_seconds` to finish.
    """

    def __init__(self, application: Any, drain_seconds: float = 10.0):
        self.application = application
        self.drain_seconds = drain_seconds
        self.begun = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not self.begun:
            self.begun = True
            begin()
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self.application(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await end(self.drain_seconds)
        await send({"type": "lifespan.shutdown.complete"})


def begin() -> None:
    """Work and hints share the server's loop; dead workers' runs are looked for."""
    loop.adopt(asyncio.get_running_loop())
    inprocess.reopen()
    watchman.start()


async def end(drain_seconds: float) -> None:
    """Lets runs finish for a while, then stores everything that was emitted."""
    watchman.stop()
    await inprocess.drain(drain_seconds)
    if not await asyncio.to_thread(writer.drain, 10.0):
        logger.error("Events were not stored within 10 seconds and are lost")
    holders.retire()  # uvicorn ends by its signal, without `atexit`
