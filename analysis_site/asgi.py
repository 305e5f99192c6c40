"""The site as one ASGI application: HTTP by Django, WebSockets by `progress`."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import get_resolver, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analysis_site.settings")

http = get_asgi_application()  # loads the applications that the imports below need
_ = get_resolver().url_patterns  # imported now, or the first visitor waits for it

from analysis.routing import websocket_urlpatterns  # noqa: E402
from analysis_site.edge import Edge  # noqa: E402
from progress.asgi import Doors  # noqa: E402
from progress.lifespan import Lifespan  # noqa: E402


async def no_such_socket(scope: Any, receive: Any, send: Any) -> None:
    """Accepts, to close with a code that browsers can see (a refusal shows as 1006)."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": 4404})


# Channels routes to ASGI applications, where Django's own type wants a view.
nowhere = re_path("", no_such_socket)  # type: ignore[arg-type]
sockets = URLRouter([*websocket_urlpatterns, nowhere])
routes = ProtocolTypeRouter({"http": Doors(http), "websocket": sockets})
application = Lifespan(Edge(routes, http), settings.DRAIN_SECONDS)
