"""Small tasks that tell a test what they saw."""

import asyncio
import contextvars
import queue
import threading

from progress.dispatch.contract import task

seen: queue.Queue = queue.Queue()
gate = threading.Event()
marker: contextvars.ContextVar[str] = contextvars.ContextVar("marker", default="none")


@task
def add(left: int, right: int) -> None:
    seen.put(left + right)


@task
def block(name: str) -> None:
    seen.put(name)
    gate.wait(60)


@task
async def tell_where() -> None:
    seen.put((asyncio.get_running_loop(), marker.get()))


@task
async def fail() -> None:
    seen.put("failing")
    raise RuntimeError("as planned")


@task
async def wait_at_gate(name: str) -> None:
    seen.put(f"{name} began")
    try:
        while not gate.is_set():
            await asyncio.sleep(0.01)
    except asyncio.CancelledError:
        seen.put(f"{name} stopped")
        raise
    seen.put(f"{name} ended")
