"""This project: `progress` behind uvicorn, with its transport in reach."""

from __future__ import annotations

import uuid
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

from progress import service
from progress.access import Viewer, signer
from progress.asgi import Doors
from progress.conf import conf
from progress.hub import hubs
from progress.lifespan import Lifespan
from progress.routing import websocket_urlpatterns
from progress.writer import writer

LABEL = "Tickertape"
STORES = True
TRANSPORT = "websocket"
SERVER = {
    "ws": "progress.direct:DirectProtocol",
    "ws_ping_interval": None,
    "ws_per_message_deflate": False,
}
VIEWER = Viewer(browser=uuid.UUID(int=1))

application = Lifespan(
    ProtocolTypeRouter(
        {"http": Doors(get_asgi_application()), "websocket": URLRouter(websocket_urlpatterns)}
    )
)


def prepare(count: int) -> list[str]:
    """Create sessions; their ids."""
    return [str(service.create_session(VIEWER).id) for _ in range(count)]


def path(session: str) -> str:
    return f"/ws/progress/{session}?after=0"


def headers() -> dict[str, str]:
    return {"Cookie": f"{conf().browser_cookie}={signer().sign(str(VIEWER.browser))}"}


async def emit(session: str, message: str) -> None:
    await service.progress_info(session, message)


def settle() -> None:
    service.drain(30)


def facts() -> dict[str, Any]:
    return {
        "stored": writer().stored,
        "commits": writer().commits,
        "page_reads": sum(hub.pages.reads for hub in hubs()),
    }
