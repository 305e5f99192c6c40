"""The streams as an AsyncAPI 3 document, built from the same constants that the code uses.

from progress import asyncapi

path("api/asyncapi", asyncapi.served(asyncapi.document("My site", "1")))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from . import socket
from .conf import conf
from .door import door, one_of
from .errors import BadParameter
from .frame_schemas import CLIENT, EVENT, SERVER, SERVER_SENT, Schema

try:
    import yaml
except ImportError:  # a site without it serves JSON only
    yaml = None  # type: ignore[assignment]

CLOSE_CODES = {
    socket.BAD_MESSAGE: "A frame was malformed or unknown; a reply before says what.",
    socket.SIGN_IN: "Sign in again, or send a valid token.",
    socket.NOT_YOURS: "The session belongs to somebody else, or the token does not allow this.",
    socket.NOT_FOUND: "There is no such session.",
    socket.TOO_SLOW: "The client took nothing for too long; come back with your cursor.",
    socket.TOO_MANY: "Too many open streams; come back later.",
    socket.INTERNAL: "The server could not go on; come back.",
    socket.RESTART: "The server restarts; come back as `bye` says.",
}

SESSION = {"session": {"description": "The id (UUID) of a session."}}
AFTER: Schema = {
    "type": "integer",
    "minimum": 0,
    "default": 0,
    "description": "Your cursor: the number of the last event that you have.",
}
TICKET: Schema = {
    "type": "string",
    "description": "A short-lived ticket for one session, for clients that cannot set headers.",
}


#: Any one of these opens a stream; a signed-in user's session cookie does, too.
SECURITY: dict[str, Schema] = {
    "token": {"type": "http", "scheme": "bearer", "description": "An access token."},
    "ticket": {"type": "httpApiKey", "in": "query", "name": "ticket"},
    "browser": {"type": "httpApiKey", "in": "cookie", "name": conf().browser_cookie},
}


def document(title: str, version: str, commands: dict[str, Schema] | None = None) -> dict[str, Any]:
    """The whole document. `commands`: schemas of client frames that a site adds to `CLIENT`."""
    said = CLIENT | (commands or {})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"{title}: streams",
            "version": version,
            "description": "The events of a session, stored and live, without gaps or repetitions "
            "for whoever follows the cursor rule: drop `seq <= last`, take `seq == last + 1`, "
            "otherwise ask again from `last`.",
        },
        "defaultContentType": "application/json",
        "channels": {"socket": socket_channel(said), "stream": stream_channel()},
        "operations": operations(said),
        "components": {
            "schemas": {"event": EVENT},
            "messages": messages(said),
            "securitySchemes": SECURITY,
        },
    }


def messages(said: dict[str, Schema]) -> dict[str, Any]:
    """Every message under the name that the channels refer to."""
    return {
        **{f"server-{kind}": message(kind, schema) for kind, schema in SERVER.items()},
        **{f"client-{kind}": message(kind, schema) for kind, schema in said.items()},
        **{f"sse-{name}": message(name, schema) for name, schema in SERVER_SENT.items()},
    }


def message(name: str, schema: Schema) -> dict[str, Any]:
    found = {"name": name, "payload": schema}
    summary = schema.get("description")
    return {**found, "summary": summary} if summary else found


def socket_channel(said: dict[str, Schema]) -> dict[str, Any]:
    names = [f"server-{kind}" for kind in SERVER] + [f"client-{kind}" for kind in said]
    query = {"type": "object", "properties": {"after": AFTER, "ticket": TICKET}}
    return {
        "address": "/ws/progress/{session}",
        "title": "WebSocket, JSON text frames both ways",
        "parameters": SESSION,
        "messages": referred(names),
        "bindings": {"ws": {"method": "GET", "query": query, "bindingVersion": "0.1.0"}},
        "x-close-codes": {str(code): why for code, why in CLOSE_CODES.items()},
    }


def stream_channel() -> dict[str, Any]:
    run = {"type": "string", "format": "uuid", "description": "Only this run, up to its end."}
    query = {"type": "object", "properties": {"after": AFTER, "run": run, "ticket": TICKET}}
    return {
        "address": "/api/progress/{session}",
        "title": "Server-sent events; `id:` is `seq`, resumes from `Last-Event-ID`",
        "description": "Comments are heartbeats.",
        "parameters": SESSION,
        "messages": referred([f"sse-{name}" for name in SERVER_SENT]),
        "bindings": {"http": {}},
        "x-query": query,
    }


def referred(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def operations(said: dict[str, Schema]) -> dict[str, Any]:
    """`send` is what the server sends, `receive` what clients may say."""
    return {
        "tellOnSocket": operation("send", "socket", [f"server-{kind}" for kind in SERVER]),
        "hearOnSocket": operation("receive", "socket", [f"client-{kind}" for kind in said]),
        "tellOnStream": operation("send", "stream", [f"sse-{name}" for name in SERVER_SENT]),
    }


def operation(action: str, channel: str, names: list[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in SECURITY],
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names],
    }


def served(content: dict[str, Any]) -> Callable[..., Any]:
    """The view of a document: JSON, or YAML with `?format=yaml`. Open to everybody."""

    async def show(request: HttpRequest) -> HttpResponseBase:
        wanted = one_of(request, "format", "json", ("json", "yaml"))
        if wanted == "json":
            return HttpResponse(orjson.dumps(content), content_type="application/json")
        if yaml is None:
            raise BadParameter("format", "this site serves JSON only; install PyYAML")
        shown = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        return HttpResponse(shown, content_type="application/yaml")

    return door(get=show)
