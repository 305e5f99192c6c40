"""What the OpenAPI document says about each address, besides what the code says by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from analysis.rest.shapes import Problem

PROBLEM = "application/problem+json"

ERRORS = {
    400: "The request is not valid; `errors` names each field",
    401: "Nobody asks: no cookie, no token, or a token that is not valid",
    403: "A token without the scope, a missing CSRF token, or another site",
    404: "There is no such thing, or it belongs to somebody else",
    405: "Not a method of this address; see `Allow`",
    409: "It has moved on; this is not possible any more",
    413: "The body is too large",
    415: "The body is not application/json",
    422: "The Idempotency-Key was used for another request",
    429: "Too many requests; see `Retry-After`",
    500: "An error of the server; its log has the `request_id`",
    503: "A part of the server does not answer; try again",
}
ALWAYS = (401, 403, 429, 500, 503)
WITH_BODY = (400, 413, 415)

PREFER = OpenApiParameter(
    "Prefer",
    str,
    OpenApiParameter.HEADER,
    description="`wait=N` (RFC 7240): 200 with the result, if it is there within N seconds",
    examples=[OpenApiExample("ten seconds", "wait=10")],
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="The same key and body within 24 hours give the first answer again",
)
REPLAYED = OpenApiParameter(
    "Idempotent-Replayed",
    str,
    OpenApiParameter.HEADER,
    description="`true` where the answer was given before",
    response=(200, 202),
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of what you have"
)


IDENTITIES = ("token", "browser", "user")
# A browser that is not known yet becomes known by what it sends first.
ANYBODY: list[dict[str, list[str]]] = [{}, {"token": []}, {"browser": []}, {"user": []}]


def described(
    summary: str,
    answers: Mapping[Any, Any],
    *errors: int,
    parameters: tuple[OpenApiParameter, ...] = (),
    examples: Mapping[str, Any] | None = None,
    **more: Any,
) -> Callable[[Any], Any]:
    """`examples` are bodies of the request, by name; `errors` come on top of what all have."""
    if more.get("request"):
        errors = (*WITH_BODY, *errors)
    return extend_schema(
        summary=summary,
        responses={**answers, **problems(*ALWAYS, *errors)},
        parameters=list(parameters),
        examples=[
            OpenApiExample(name, value, request_only=True)
            for name, value in (examples or {}).items()
        ],
        **more,
    )


def problems(*statuses: int) -> dict[Any, Any]:
    return {
        (status, PROBLEM): OpenApiResponse(Problem, description=ERRORS[status])
        for status in sorted(set(statuses))
    }


def query(name: str, about: str, kind: Any = OpenApiTypes.STR) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=about)


def whole(name: str, low: int, high: int, about: str) -> OpenApiParameter:
    return query(name, about, {"type": "integer", "minimum": low, "maximum": high})


class TextSchema(OpenApiSerializerFieldExtension):
    """What `Text` takes: something besides blanks, and no NUL."""

    target_class = "analysis.rest.fields.Text"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        pattern = r"^[^\x00]*$" if self.target.allow_blank else r"^[^\x00]*[^\x00\s][^\x00]*$"
        return {"type": "string", "maxLength": self.target.max_length, "pattern": pattern}


class Identity(OpenApiAuthenticationExtension):
    """A token, or the cookies of the page."""

    target_class = "analysis.rest.access.ViewerAuthentication"
    name = IDENTITIES  # type: ignore[assignment]

    def get_security_definition(self, auto_schema: Any) -> Any:
        return [
            {"type": "http", "scheme": "bearer", "description": "From POST /api/tokens"},
            {"type": "apiKey", "in": "cookie", "name": "progress_browser"},
            {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        ]

    def get_security_requirement(self, auto_schema: Any) -> Any:
        """One of them is enough."""
        return [{name: []} for name in self.name]
