"""Serves the site with uvicorn, and ends in an orderly way on Ctrl-C and SIGTERM."""

import contextlib
import errno
import resource
import signal
import socket
from collections.abc import Iterator

import uvicorn

from analysis_site.collector import spare_the_collector
from progress.asgi import end_answers
from progress.socket import say_goodbye


class PortTaken(Exception):
    """The port already belongs to another program."""


def listen(host: str, port: int) -> socket.socket:
    """The listening socket. Raises PortTaken, or OSError for a host that is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortTaken(error.strerror) from error
        raise
    return listener


def run(listener: socket.socket) -> None:
    """Serves until a signal asks to end, and returns when everything has ended."""
    raise_file_limit()
    Server(configuration()).run(sockets=[listener])


def configuration() -> uvicorn.Config:
    return uvicorn.Config(
        "analysis_site.asgi:application",
        lifespan="on",
        log_config=None,
        # Viewers' frames go straight to their transport, and heartbeats replace pings.
        ws="progress.direct:DirectProtocol",
        ws_ping_interval=None,
        ws_max_size=65_536,
        # A compressor a socket costs more memory than everything else that a viewer needs.
        ws_per_message_deflate=False,
        backlog=4_096,
        # Ordinary requests end well within this; streams are cut and resume from their cursor.
        timeout_graceful_shutdown=2,
        server_header=False,
    )


def raise_file_limit() -> None:
    """Each viewer is an open file; the usual soft limit of 1,024 is far below the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server(uvicorn.Server):
    """uvicorn that says goodbye to its viewers and ends with status 0 when it was asked to end."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        spare_the_collector()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """New connections are refused first, or a viewer that was sent away could come back."""
        for server in self.servers:
            server.close()
        await say_goodbye()
        await end_answers()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Without raising the signal again at the end, which would look like a crash."""
        before = {
            sign: signal.signal(sign, self.handle_exit) for sign in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)
