"""One shape for every error of the API: RFC 9457 problem details.

`{"type", "title", "status", "code", "detail", "errors": [{"field", "message"}], "request_id"}` as
application/problem+json. `code` is stable and meant for programs, `detail` for people.
"""

import math
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from progress.errors import DATABASE_AWAY
from progress.problems import body
from progress.service import StorageFailed

CONTENT_TYPE = "application/problem+json"


def handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's exception handler; None lets Django answer what nobody expected."""
    known = _known(error)
    if known is None:
        return None
    set_rollback()
    request = context["request"]
    answer = body(
        known.status_code, _detail(known), _code(known), request, _errors_of(error, known)
    )
    headers = _headers(known)
    return Response(answer, known.status_code, headers=headers, content_type=CONTENT_TYPE)


def _known(error: Exception) -> exceptions.APIException | None:
    """The error as REST framework knows it; our own errors bring `code` and `status` along."""
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if hasattr(error, "code") and hasattr(error, "status"):
        return _own(error)
    return None


def _own(error: Any) -> exceptions.APIException:
    known = exceptions.APIException(str(error), code=error.code)
    known.status_code = error.status
    known.wait = getattr(error, "retry_after", None)  # type: ignore[attr-defined]
    if error.status == 401:
        known.auth_header = "Bearer"  # type: ignore[attr-defined]
    return known


def _code(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "invalid"
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _detail(error: exceptions.APIException) -> str:
    listed = _errors(error.detail)
    if isinstance(error, exceptions.UnsupportedMediaType):
        return f"{error.detail} Send application/json, not compressed."
    if not listed:
        return str(error.detail)
    return "; ".join(
        f"{item['field']}: {item['message']}" if item["field"] else item["message"]
        for item in listed
    )


def _errors_of(error: Exception, known: exceptions.APIException) -> list[dict[str, str]]:
    return getattr(error, "errors", None) or _errors(known.detail)


def _errors(detail: Any) -> list[dict[str, str]]:
    if isinstance(detail, str):
        return []
    return [{"field": field, "message": message} for field, message in _flat(detail, "")]


def _flat(detail: Any, path: str) -> Iterator[tuple[str, str]]:
    """Pairs of a dotted field path and a message out of nested validation errors."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            inner_path = path if name == "non_field_errors" else f"{path}.{name}".lstrip(".")
            yield from _flat(inner, inner_path)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, path)
    else:
        yield path, str(detail)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(error.auth_header)  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(max(1, math.ceil(error.wait)))  # type: ignore[attr-defined]
    return headers


# -- What Django itself refuses, in the API's own shape; pages get their templates ---------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`: a suspicious request, such as one for another host."""
    if not _is_api(request):
        return _page(request, 400)
    return _problem(request, 400, "bad_request", "The request is not valid.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler403`."""
    if not _is_api(request):
        return defaults.permission_denied(request, exception)
    return _problem(request, 403, "permission_denied", "This is not allowed.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`: no such address, or an id in it that is none."""
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return _problem(request, 404, "not_found", "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: what nobody expected. The log has the trace, the answer the request's id."""
    if isinstance(sys.exception(), DATABASE_AWAY):
        return _unavailable(request)
    if not _is_api(request):
        return _page(request, 500)
    return _problem(request, 500, "internal", "Something went wrong on the server.")


def _unavailable(request: HttpRequest) -> HttpResponse:
    """The database does not answer, which is over sooner or later."""
    if _is_api(request):
        answer = _problem(request, 503, StorageFailed.code, str(StorageFailed()))
    else:
        answer = _page(request, 503)
    answer["Retry-After"] = "1"
    return answer


def _page(request: HttpRequest, status: int) -> HttpResponse:
    """Without context processors, which may be what is broken; the request's id is enough."""
    page = loader.render_to_string(f"{status}.html", {"request": request})
    return HttpResponse(page, status=status)


def _is_api(request: HttpRequest) -> bool:
    return f"{request.path}/".startswith("/api/")


def _problem(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    answer = body(status, detail, code, request, [])
    return JsonResponse(answer, status=status, content_type=CONTENT_TYPE)
