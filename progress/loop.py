"""The one long-lived event loop of this process.

Redis pools and channel-layer subscriptions belong to a loop; with a loop per call each call would
reconnect. A server's own loop is adopted when it begins to serve (`progress.lifespan`); anywhere
else (commands, workers, tests) a loop on a thread of its own serves.
"""

from __future__ import annotations

import asyncio
import os
import threading

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def home() -> asyncio.AbstractEventLoop:
    """The loop on which this process publishes."""
    global _loop
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="progress-loop", daemon=True).start()
        return _loop


def adopt(loop: asyncio.AbstractEventLoop) -> None:
    """Make a server's running loop the home, unless another one lives already."""
    global _loop
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = loop


def _forget() -> None:
    global _loop
    _loop = None


os.register_at_fork(after_in_child=_forget)
