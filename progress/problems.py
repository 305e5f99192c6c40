"""Errors over HTTP, as RFC 9457 says: `application/problem+json`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse

from .errors import NotAuthenticated, TooManyStreams
from .limits import RETRY_AFTER


def problem(request: HttpRequest, error: Exception) -> JsonResponse:
    """The response for an error of ours: status, title, detail, errors[], code, request_id."""
    status = getattr(error, "status", 500)
    response = JsonResponse(
        body(status, str(error), getattr(error, "code", "internal"), request, errors_of(error)),
        status=status,
        content_type="application/problem+json",
    )
    if isinstance(error, TooManyStreams):
        response["Retry-After"] = str(RETRY_AFTER)
    if status == 503:  # this process ends, or its database is away; neither takes long
        response["Retry-After"] = "1"
    if isinstance(error, NotAuthenticated):
        response["WWW-Authenticate"] = "Bearer"
    return response


def errors_of(error: Exception) -> list[dict[str, str]]:
    return getattr(error, "errors", [])


def body(
    status: int, detail: str, code: str, request: HttpRequest, errors: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors,
        "request_id": getattr(request, "request_id", None),
    }
