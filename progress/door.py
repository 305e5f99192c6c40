"""What the HTTP doors share: who asks, for which session, and errors as problem+json."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from .access import Viewer, viewer_of, visible_session
from .errors import BadParameter, NotAuthenticated, ProgressError
from .events import session_of
from .models import Session
from .problems import problem
from .threads import in_reader

MAX_SEQ = 2**63 - 1

View = Callable[..., Awaitable[HttpResponseBase]]
Route = Any  # what django-stubs wants of a view does not fit async ones


def door(**methods: View) -> Route:
    """An async view of one handler a method; our errors become problems, 405 names the methods."""
    allowed = {name.upper(): handler for name, handler in methods.items()}

    async def view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        handler = allowed.get("GET" if request.method == "HEAD" else str(request.method))
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": methods_of(allowed)})
        if handler is None:
            return not_allowed(request, allowed)
        try:
            response = await handler(request, **kwargs)
        except ProgressError as error:
            response = problem(request, error)
        # What a session says is its viewer's alone; no cache may keep it for the next.
        response.setdefault("Cache-Control", "no-store")
        return response

    view.csrf_exempt = True  # type: ignore[attr-defined]  # access.refuse_cross_site does it for APIs
    return view


class MethodNotAllowed(ProgressError):
    """This address does not know that method."""

    code = "method_not_allowed"
    status = 405


def not_allowed(request: HttpRequest, allowed: dict[str, Any]) -> HttpResponse:
    response = problem(request, MethodNotAllowed())
    response["Allow"] = methods_of(allowed)
    return response


def methods_of(allowed: dict[str, Any]) -> str:
    return ", ".join([*allowed, *(["HEAD"] if "GET" in allowed else []), "OPTIONS"])


async def authorised(request: HttpRequest, session: str, scope: str) -> tuple[Viewer, Session]:
    """The viewer and their session.

    Raises NotAuthenticated, PermissionDenied or SessionNotFound.
    """
    return await in_reader(admit, request, session_of(session), scope)


def admit(request: HttpRequest, session: uuid.UUID, scope: str) -> tuple[Viewer, Session]:
    viewer = viewer_of(request)
    if viewer.is_nobody:
        raise NotAuthenticated
    viewer.require(scope)
    return viewer, visible_session(viewer, session)


def whole_number(request: HttpRequest, name: str, default: int, low: int, high: int) -> int:
    """A query parameter in its bounds. Raises BadParameter."""
    text = request.GET.get(name)
    if not text:
        return default
    number = digits(text)
    if not low <= number <= high:
        raise BadParameter(name, f"a whole number from {low} to {high} is wanted")
    return number


def digits(text: str) -> int:
    """The number that plain digits write; -1 for anything else, which no range allows."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1


def one_of(request: HttpRequest, name: str, default: str, allowed: tuple[str, ...]) -> str:
    """A query parameter that has one of a few values. Raises BadParameter."""
    value = request.GET.get(name) or default
    if value not in allowed and value != default:
        raise BadParameter(name, f"one of {', '.join(allowed)} is wanted")
    return value


def identifier(request: HttpRequest, name: str) -> uuid.UUID | None:
    """A query parameter that is an id, or None without it. Raises BadParameter."""
    text = request.GET.get(name)
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise BadParameter(name, "an id (UUID) is wanted") from None
