"""Before any application sees a request: its id, its size, and who may read the answer.

`Edge` wraps the whole site. Django and the doors of `progress` would each have to do it all, and
Django stores a body of any size on disk before it looks at it.
"""

import io
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse

from analysis_site.request_id import identify

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# A client that still sends does not read: so much of a refused body is thrown away first.
PATIENCE = 33_554_432


class Edge:
    """An ASGI application around the site's; `django` is the part that answers preflights."""

    def __init__(self, application: Any, django: Any) -> None:
        self.application = application
        self.django = django

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        identify(scope)
        if announced(scope) > settings.MAX_BODY_BYTES:
            return await refuse(scope, receive, send)
        crossing = origin(scope)
        if crossing and is_preflight(scope):
            return await self.django(scope, receive, send)
        sending = readable(scope, send) if crossing else send
        await self.limited(scope, receive, sending)

    async def limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = Body(receive, send)
        try:
            await self.application(scope, body.receive, body.send)
        finally:
            if body.is_too_large and not body.answered:
                await refuse(scope, receive, send)


class Body:
    """Counts what comes. To the application a body that is too large is a client that left."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self.size = 0
        self.answered = False

    @property
    def is_too_large(self) -> bool:
        return self.size > settings.MAX_BODY_BYTES

    async def receive(self) -> Message:
        if self.is_too_large:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self.size += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_too_large else message

    async def send(self, message: Message) -> None:
        self.answered = True
        await self._send(message)


def header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


def announced(scope: Scope) -> int:
    length = header(scope, b"content-length")
    return int(length[:18]) if length.isdigit() else 0


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """413, after reading on for a while, so that the client gets to see it."""
    size = 0
    while size < PATIENCE:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    identity = header(scope, b"x-request-id").decode()
    content = json.dumps(problem(identity)).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"x-request-id", identity.encode()),
        (b"content-length", b"%d" % len(content)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def problem(identity: str) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(413).phrase,
        "status": 413,
        "detail": f"{settings.MAX_BODY_BYTES:,} bytes are the limit of a request's body",
        "code": "too_large",
        "errors": [],
        "request_id": identity,
    }


# -- Other origins, on the doors that Django's middleware does not see ---------------------------


def origin(scope: Scope) -> bytes:
    """The origin of a request to a door of `progress`, where a browser names one."""
    return header(scope, b"origin") if scope["path"].startswith("/api/progress/") else b""


def is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and bool(header(scope, b"access-control-request-method"))


def readable(scope: Scope, send: Send) -> Send:
    """`send` with the headers that django-cors-headers gives this request."""
    request = ASGIRequest(scope, io.BytesIO())
    granted = cors.add_response_headers(request, HttpResponse())
    added = [
        (name.lower().encode(), value.encode())
        for name, value in granted.items()
        if name.lower().startswith(("access-control-", "vary"))
    ]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return sending


cors = CorsMiddleware(lambda request: HttpResponse())
