"""Small pools of threads for database work of streams and sockets.

Not `sync_to_async`: its threads belong to requests, and a stream would hold one with its
connection for hours. Reads have a pool of their own so that neither a command that waits for a slow
commit nor a search through a long log stalls every reader.
"""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, connections

from .conf import conf
from .errors import DATABASE_AWAY

T = TypeVar("T")


@functools.cache
def pool(name: str, size: int | None = None) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(size or conf().readers, f"progress-{name}")


# Threads do not survive a fork.
os.register_at_fork(after_in_child=pool.cache_clear)


async def in_reader(function: Callable[..., T], *arguments: Any) -> T:
    """Run a short read of the database; once more if its connection turns out to be dead."""
    return await read_in("reader", function, *arguments)


async def in_searcher(function: Callable[..., T], *arguments: Any) -> T:
    """The same for a read that may look through a whole log."""
    return await read_in("searcher", function, *arguments)


async def read_in(name: str, function: Callable[..., T], *arguments: Any) -> T:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool(name), read_again, function, *arguments)


async def in_commander(function: Callable[..., T], *arguments: Any) -> T:
    """Run something that writes, or waits for the writer."""
    return await run_in(pool("commander"), function, *arguments)


async def run_in(executor: ThreadPoolExecutor, function: Callable[..., T], *arguments: Any) -> T:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, with_connection, function, *arguments)


def read_again(function: Callable[..., T], *arguments: Any) -> T:
    # Connections are kept between reads, whatever CONN_MAX_AGE says of requests: opening one costs
    # more than the read. So one that the database has closed is noticed by using it.
    kept = any(known.connection is not None for known in connections.all(initialized_only=True))
    try:
        return with_connection(function, *arguments)
    except DATABASE_AWAY:
        if not kept:
            raise
        return with_connection(function, *arguments)


def with_connection(function: Callable[..., T], *arguments: Any) -> T:
    try:
        return function(*arguments)
    except (DatabaseError, InterfaceError):
        # The connection may be unusable; the next caller gets a new one.
        connections.close_all()
        raise
    finally:
        give_back()


def give_back() -> None:
    """What came out of a pool is for others now."""
    for known in connections.all(initialized_only=True):
        if known.settings_dict["OPTIONS"].get("pool"):
            known.close()
