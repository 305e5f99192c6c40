"""A local server that speaks the Messages API, so that the real SDK is what is tested."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    server: StubServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        reply = self.server.replies[0]
        if len(self.server.replies) > 1:
            self.server.replies.pop(0)
        reply(self, body)

    def log_message(self, *args: Any) -> None:
        pass

    def send(self, status: int, body: Any, **headers: str) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text)


class StubServer(ThreadingHTTPServer):
    daemon_threads = True
    replies: list[Reply]
    requests: list[dict[str, Any]]
    hanging: threading.Event


@contextmanager
def serving(*replies: Reply) -> Iterator[StubServer]:
    """Answers with the replies in turn, the last one for ever."""
    server = StubServer(("127.0.0.1", 0), Handler)
    server.replies, server.requests, server.hanging = list(replies), [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.hanging.set()
        server.shutdown()
        server.server_close()


def message(text: str, stop_reason: str = "end_turn") -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "stub",
        "content": [{"type": "text", "text": text}],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def saying(text: str, stop_reason: str = "end_turn") -> Reply:
    """The text, streamed where a stream was asked for."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        if body.get("stream"):
            stream(handler, text, stop_reason)
        else:
            handler.send(200, message(text, stop_reason))

    return reply


def planning(plan: dict[str, Any]) -> Reply:
    return saying(json.dumps(plan))


def failing(status: int, **headers: str) -> Reply:
    error = {"type": "error", "error": {"type": "api_error", "message": "no"}}
    return lambda handler, body: handler.send(status, error, **headers)


def hanging(handler: Handler, body: dict[str, Any]) -> None:
    handler.server.hanging.wait(30)


def breaking_off(text: str) -> Reply:
    """A stream whose connection is cut in the middle."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        begin(handler)
        delta(handler, text)
        handler.close_connection = True

    return reply


def stream(handler: Handler, text: str, stop_reason: str) -> None:
    begin(handler)
    for word in text.split(" "):
        delta(handler, f"{word} ")
    event(handler, "content_block_stop", {"index": 0})
    ended = {"delta": {"stop_reason": stop_reason, "stop_sequence": None}}
    event(handler, "message_delta", {**ended, "usage": {"output_tokens": 9}})
    event(handler, "message_stop", {})
    handler.close_connection = True


def begin(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()
    event(
        handler, "message_start", {"message": {**message(""), "content": [], "stop_reason": None}}
    )
    block = {"type": "text", "text": ""}
    event(handler, "content_block_start", {"index": 0, "content_block": block})


def delta(handler: Handler, text: str) -> None:
    event(
        handler, "content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": text}}
    )


def event(handler: Handler, kind: str, data: dict[str, Any]) -> None:
    handler.wfile.write(f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode())
    handler.wfile.flush()
