"""An endpoint on a real socket that does what endpoints do: answer, fail, hang, redirect, lie."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self


@dataclass
class Received:
    """One request as it came."""

    headers: dict[str, str]
    body: str
    at: float

    @property
    def message(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)["data"]


Answer = int | Callable[["Handler"], None]


class Receiver:
    """`answers` are used up one a request; then everything is answered by 204."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.received: list[Received] = []
        self.at_once = self.most_at_once = 0
        self.news = threading.Condition()
        self.closing = threading.Event()
        handler = type("Handler", (Handler,), {"receiver": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def take(self, request: Received) -> Answer:
        with self.news:
            self.received.append(request)
            self.news.notify_all()
            return self.answers.pop(0) if self.answers else 204

    def wait_for(self, count: int, seconds: float = 5.0) -> list[Received]:
        """The requests, once there are so many."""
        with self.news:
            enough = self.news.wait_for(lambda: len(self.received) >= count, seconds)
            assert enough, f"{len(self.received)} of {count} requests came in {seconds} s"
            return list(self.received)


class Handler(BaseHTTPRequestHandler):
    receiver: ClassVar[Receiver]

    def do_POST(self) -> None:
        receiver = self.receiver
        with receiver.news:
            receiver.at_once += 1
            receiver.most_at_once = max(receiver.most_at_once, receiver.at_once)
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = receiver.take(Received(headers, body, time.monotonic()))
        try:
            self.status(answer) if isinstance(answer, int) else answer(self)
        except OSError:
            pass  # the sender has given up on us
        finally:
            with receiver.news:
                receiver.at_once -= 1

    do_GET = do_POST

    def status(self, code: int, **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests look at what was received."""


def hang(handler: Handler) -> None:
    """Says nothing until everybody has gone."""
    handler.receiver.closing.wait(30)


def close_early(handler: Handler) -> None:
    handler.close_connection = True
    handler.connection.close()


def lie(handler: Handler) -> None:
    """Says something that is no HTTP."""
    handler.wfile.write(b"200 OK, believe me\r\n\r\n")
    handler.close_connection = True


def never_end(handler: Handler) -> None:
    """A success whose body has no end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
    while not handler.receiver.closing.wait(0.01):
        handler.wfile.write(b"x" * 1024)


def drip(handler: Handler) -> None:
    """A head that goes on and on, each byte in time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.receiver.closing.wait(0.02):
        handler.wfile.write(b"x")


def redirect_to(url: str) -> Answer:
    return lambda handler: handler.status(307, location=url)
