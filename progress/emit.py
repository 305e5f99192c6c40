"""Handing an event over: one core, and the two doors (async and sync) of each call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

from django.db import connection

from .errors import InTransaction
from .events import Draft
from .writer import writer


def emit(event: Draft) -> None:
    """From ordinary code: returns in microseconds, waits when the queue is full.

    Inside an event loop it cannot wait without stopping everything else, so there it goes on up to
    twice the limit and then raises QueueFull; use `aemit`.
    """
    to = writer()
    to.put(event)
    if to.is_full() and not in_event_loop():
        to.barrier().result()


async def aemit(event: Draft) -> None:
    """From coroutines: the same, but a full queue suspends only this coroutine."""
    to = writer()
    to.put(event)
    if to.is_full():
        await asyncio.wrap_future(to.barrier())


def in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def changed(apply: Callable[[], tuple[Any, Iterable[Draft]]]) -> Any:
    """Make a change and wait until it is stored; its result. Raises what it raises."""
    # The writer would wait for the lock that its waiter holds.
    if connection.vendor == "sqlite" and connection.in_atomic_block and begins_with_a_lock():
        raise InTransaction
    return writer().change(apply).result()


def begins_with_a_lock() -> bool:
    mode = connection.settings_dict["OPTIONS"].get("transaction_mode") or "DEFERRED"
    return mode.upper() != "DEFERRED"


async def settled(future: Future[Any]) -> Any:
    """Await a change. Cancelling the waiter does not take the change back: it is on its way."""
    return await asyncio.shield(asyncio.wrap_future(future))
