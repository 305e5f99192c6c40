"""The one event loop of this process that work runs on.

A server adopts its own loop: channels' in-memory layer is not safe across loops, so work has to
share the loop of those who watch it. Elsewhere (management commands, worker processes, tests) one
background loop, which lives as long as its process, takes its place.
"""

import asyncio
import threading

_lock = threading.Lock()
_adopted: asyncio.AbstractEventLoop | None = None
_background: asyncio.AbstractEventLoop | None = None


def adopt(loop: asyncio.AbstractEventLoop) -> None:
    """Makes `loop` the one that work runs on until it is closed or released."""
    global _adopted
    _adopted = loop


def release() -> None:
    global _adopted
    _adopted = None


def current() -> asyncio.AbstractEventLoop:
    """The server's loop while there is one, or the background loop."""
    if _adopted is not None and not _adopted.is_closed():
        return _adopted
    with _lock:
        return _background or _start()


def _start() -> asyncio.AbstractEventLoop:
    global _background
    _background = asyncio.new_event_loop()
    name = "progress-work"
    threading.Thread(target=_background.run_forever, name=name, daemon=True).start()
    return _background
