"""A bounded number of tasks at a time on the home loop, and their orderly end.

Everything here runs on that loop; `submit` is the way in from other threads.
"""

import asyncio
import concurrent.futures
import contextvars
import functools
import inspect
import logging
import threading
import time
from collections import deque
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections

from progress.dispatch.contract import Task, TaskContext, TaskResult
from progress.loop import home

logger = logging.getLogger(__name__)


# The task that is being worked on here, for log lines; threads of the task inherit it.
current_task: contextvars.ContextVar[TaskResult | None] = contextvars.ContextVar(
    "current_task", default=None
)


class Pool:
    """Runs at most `limit` tasks at the same time; the others wait in the order they came."""

    def __init__(self, limit: int):
        self.limit = limit
        self.waiting: deque[tuple[TaskResult, concurrent.futures.Future[None]]] = deque()
        self.running: set[asyncio.Task[None]] = set()
        self.closed = False

    def submit(self, result: TaskResult) -> concurrent.futures.Future[None]:
        """Hands a task to the home loop from any thread; the future ends with the task."""
        done: concurrent.futures.Future[None] = concurrent.futures.Future()
        # A fresh context: a task that inherits its request's context also inherits the request's
        # thread, and 200 runs then hold 200 threads instead of ten.
        fresh = contextvars.Context()
        home().call_soon_threadsafe(self._accept, result, done, context=fresh)
        return done

    def _accept(self, result: TaskResult, done: concurrent.futures.Future[None]) -> None:
        self.waiting.append((result, done))
        if self.closed:
            self._drop_waiting()
        self._start_next()

    def _start_next(self) -> None:
        while self.waiting and len(self.running) < self.limit and not self.closed:
            result, done = self.waiting.popleft()
            work = asyncio.get_running_loop().create_task(
                perform(result), name=result.task.name, context=contextvars.Context()
            )
            self.running.add(work)
            work.add_done_callback(functools.partial(self._finished, done))

    def _finished(self, done: concurrent.futures.Future[None], work: asyncio.Task[None]) -> None:
        self.running.discard(work)
        if not done.cancelled():
            done.set_result(None)
        self._start_next()

    async def drain(self, seconds: float) -> None:
        """Starts nothing new, waits for what runs, and cancels what is left after `seconds`.

        Tasks that were waiting are dropped: their rows are still queued in the database, where the
        reaper of another process, or of the next start, finds them.
        """
        self.closed = True
        self._drop_waiting()
        if self.running:
            await asyncio.wait(self.running, timeout=seconds)
        left = set(self.running)
        for work in left:
            work.cancel()
        if left:
            await asyncio.wait(left, timeout=5)

    def _drop_waiting(self) -> None:
        while self.waiting:
            _, done = self.waiting.popleft()
            done.cancel()


async def perform(result: TaskResult) -> None:
    """Runs one task to its end; its failure is logged and stops nobody else."""
    current_task.set(result)
    began = time.monotonic()
    named = {"task": result.task.module_path}
    try:
        await _call(result.task, _arguments(result), result.kwargs)
        logger.info("Task ended after %.2f s", time.monotonic() - began, extra=named)
    except asyncio.CancelledError:
        logger.warning("Task stopped before its end", extra=named)
        raise
    except Exception:
        logger.exception("Task failed", extra=named)
    finally:
        await sync_to_async(close_old_connections)()


def _arguments(result: TaskResult) -> list[Any]:
    leading: list[Any] = [TaskContext(task_result=result)] if result.task.takes_context else []
    return [*leading, *result.args]


async def _call(task: Task, args: list[Any], kwargs: dict[str, Any]) -> None:
    if inspect.iscoroutinefunction(task.func):
        await task.func(*args, **kwargs)
    else:
        # Its type asks for a pool, the loop for any executor.
        executor: Any = OwnThread()
        call = sync_to_async(_call_sync, thread_sensitive=False, executor=executor)
        await call(task, args, kwargs)


def _call_sync(task: Task, args: list[Any], kwargs: dict[str, Any]) -> None:
    try:
        task.func(*args, **kwargs)
    finally:
        connections.close_all()  # or the thread would take them along


class OwnThread(concurrent.futures.Executor):
    """A thread for each call. The loop's own pool has few, which others wait for; and a thread of
    a pool holds up the end of the process, for ever where a job hangs."""

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        done: concurrent.futures.Future[Any] = concurrent.futures.Future()
        done.set_running_or_notify_cancel()
        work = (done, functools.partial(function, *args, **kwargs))
        threading.Thread(target=_settle, args=work, name="progress-task", daemon=True).start()
        return done


def _settle(done: concurrent.futures.Future[Any], call: Any) -> None:
    try:
        done.set_result(call())
    except BaseException as error:
        done.set_exception(error)
