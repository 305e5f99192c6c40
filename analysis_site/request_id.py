"""Gives each request an id that its answer, its problems and its log lines carry."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

from progress.asgi import request_id

HEADER = "X-Request-ID"


def identify(scope: dict[str, Any]) -> None:
    """Names a request before anything else sees it: in its headers, and in every line that its task
    logs, the server's own line about it among them."""
    name = HEADER.lower().encode()
    given = b",".join(value for key, value in scope["headers"] if key == name)
    identity = request_id(given.decode("latin-1"))
    others = [header for header in scope["headers"] if header[0] != name]
    scope["headers"] = [*others, (name, identity.encode())]
    structlog.contextvars.bind_contextvars(request_id=identity)


class RequestIdMiddleware:
    """Sets `request.request_id`, the X-Request-ID of the response and `request_id` in log lines."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]):
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if self.is_async:
            return self._answer_async(request)
        with self._identified(request):
            return self._marked(request, self.get_response(request))

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        with self._identified(request):
            return self._marked(request, await self.get_response(request))

    def _identified(self, request: Any) -> AbstractContextManager[Any]:
        request.request_id = request_id(request.headers.get(HEADER, ""))
        return structlog.contextvars.bound_contextvars(request_id=request.request_id)

    def _marked(self, request: Any, response: HttpResponseBase) -> HttpResponseBase:
        response.headers[HEADER] = request.request_id
        return response
