"""The HTTP doors of `progress` in front of Django's middleware.

A stream lives for hours. Inside Django's handler each one keeps a thread context of its own, and
one middleware that only knows sync makes every long poll hold a thread for its whole wait. Here
nothing is held: no thread, no database connection, and no middleware is asked. All other requests
go on to Django::

    application = ProtocolTypeRouter({"http": Doors(get_asgi_application()), "websocket": …})

Without this (`progress.urls` alone, or under WSGI tests) the doors work the same, only dearer.
"""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from .access import BareRequest
from .errors import DATABASE_AWAY, ProgressError, StorageFailed
from .problems import problem

logger = logging.getLogger("progress.asgi")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

ENDING = "the server is ending"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Doors:
    """An ASGI application that answers the addresses of `progress.urls` itself."""

    def __init__(self, django: Any) -> None:
        self.django = django

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = match(scope) if scope["type"] == "http" else None
        if found is None:
            return await self.django(scope, receive, send)
        answering = asyncio.create_task(answer(scope, send, *found))
        leaving = asyncio.create_task(until_left(receive))
        open_answers.add(answering)
        try:
            await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            open_answers.discard(answering)
            for task in (answering, leaving):
                task.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)


open_answers: set[asyncio.Task[None]] = set()


async def end_answers() -> None:
    """Drain: streams and long polls end now, as if they had nothing more to say for the moment."""
    for answering in tuple(open_answers):
        answering.cancel(ENDING)
    await asyncio.gather(*open_answers, return_exceptions=True)


def match(scope: Scope) -> tuple[Callable[..., Awaitable[HttpResponseBase]], dict[str, Any]] | None:
    """The view and its arguments, if the path is one of ours. Below a prefix, if the site is."""
    try:
        found = resolve(scope["path"].removeprefix(scope.get("root_path", "")), "progress.urls")
    except Resolver404:
        return None
    return found.func, found.kwargs


async def until_left(receive: Receive) -> None:
    """Our doors take no body: what comes is thrown away until the client goes."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def answer(scope: Scope, send: Send, view: Any, arguments: dict[str, Any]) -> None:
    request = BareRequest(scope)
    request.request_id = request_id(request.headers.get("X-Request-ID", ""))  # type: ignore[attr-defined]
    response = marked(request, await response_of(request, view, arguments))
    try:
        await deliver(response, send, request.method == "HEAD")
    except OSError:
        pass  # so a server may say that the client has left
    except Exception:
        # Left without an end, so that nobody takes half a file for a whole one.
        logger.exception("%s %s broke off", request.method, request.path)


def request_id(given: str) -> str:
    """The id that a proxy gave, where it is harmless in a log line, or a new one."""
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


async def response_of(
    request: HttpRequest, view: Any, arguments: dict[str, Any]
) -> HttpResponseBase:
    """What the view answers; whatever it raises becomes an answer, too."""
    try:
        request.get_host()  # a forged host is refused before it gets into a link
        return await view(request, **arguments)
    except asyncio.CancelledError as stopped:
        if ENDING not in stopped.args:
            raise
        return problem(request, Restarting())
    except DisallowedHost:
        return HttpResponse("Unknown host", status=400, content_type="text/plain")
    except DATABASE_AWAY as error:
        logger.warning("%s %s: %s", request.method, request.path, error)
        return problem(request, StorageFailed())
    except Exception:
        logger.exception("%s %s failed", request.method, request.path)
        return problem(request, InternalError())


class Restarting(ProgressError):
    """The server is restarting; ask again."""

    code = "restarting"
    status = 503


class InternalError(ProgressError):
    """Something went wrong on the server."""

    code = "internal"
    status = 500


def marked(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """With the headers that Django's middleware would have added."""
    response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
    response["X-Content-Type-Options"] = "nosniff"
    if settings.SECURE_HSTS_SECONDS and request.is_secure():
        response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return response


async def deliver(response: HttpResponseBase, send: Send, head_only: bool) -> None:
    headers = [(n.lower().encode("ascii"), v.encode("latin-1")) for n, v in response.items()]
    if not response.streaming:
        headers.append((b"content-length", b"%d" % len(response.content)))  # type: ignore[attr-defined]
    start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
    await send(start)
    if response.streaming and not head_only:
        try:
            async with aclosing(response.streaming_content) as parts:  # type: ignore[attr-defined]
                async for part in parts:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        except asyncio.CancelledError as stopped:
            if ENDING not in stopped.args:
                raise
        await send({"type": "http.response.body"})
    else:
        body = b"" if head_only or response.streaming else response.content  # type: ignore[attr-defined]
        await send({"type": "http.response.body", "body": body})
