"""Tasks on Celery workers, for sites that have outgrown one process.

The broker only carries hints. Whether a run is done is decided by its row: a message that is
lost with a killed worker or a flushed broker is sent again by the reaper. So messages are
acknowledged when they are taken (early), and sending one never fails its caller.
"""

import functools
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from progress.dispatch.contract import (
    DEFAULT_TASK_QUEUE_NAME,
    BaseTaskBackend,
    Task,
    TaskResult,
    task_enqueued,
)
from progress.dispatch.inprocess import enqueued, log_enqueued, pool_of
from progress.emit import in_event_loop

logger = logging.getLogger(__name__)


WAITING = 1_000  # messages; the reaper sends those of all queued runs again every few seconds


class Sender:
    """One thread sends, so that neither a loop nor a request waits for a broker that is away.

    What piles up meanwhile is dropped beyond a bound: messages are hints.
    """

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, "progress-sender")
        self.room = threading.BoundedSemaphore(WAITING)

    def submit(self, send: Callable[..., Any], *arguments: Any) -> Future[Any] | None:
        if not self.room.acquire(blocking=False):
            logger.warning("A message was dropped; %d others wait for the broker", WAITING)
            return None
        sending = self.thread.submit(send, *arguments)
        sending.add_done_callback(lambda _: self.room.release())
        return sending


@functools.cache
def sender() -> Sender:
    return Sender()


# A server that forks its workers leaves the thread behind.
os.register_at_fork(after_in_child=sender.cache_clear)


class CeleryBackend(BaseTaskBackend):
    """Sends tasks, sync or async, to whichever worker is free."""

    supports_async_task = True

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Inside a transaction the message leaves after its commit, or never."""
        self.validate_task(task)
        result = enqueued(task, args, kwargs, self.alias)
        log_enqueued(result)
        if in_event_loop():  # where no transaction can be open
            sender().submit(self._send, result)
        else:
            transaction.on_commit(lambda: sender().submit(self._send, result))
        return result

    async def aenqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Enqueuing never waits, so it needs no thread of its own."""
        return self.enqueue(task, args, kwargs)

    def _send(self, result: TaskResult) -> None:
        path = result.task.module_path
        message = [path, result.args, result.kwargs, self.alias]
        named = result.task.queue_name
        # Celery's workers listen to its default queue, which has a name of its own.
        queue = None if named == DEFAULT_TASK_QUEUE_NAME else named
        try:
            perform.apply_async(args=message, queue=queue, task_id=result.id)
        except OperationalError as error:
            logger.warning("The broker is away; the reaper sends %s again: %s", path, error)
        except Exception:
            logger.exception("%s could not be sent; the reaper sends it again", path)
        else:
            task_enqueued.send(type(self), task_result=result)


@shared_task(name="progress.perform", ignore_result=True)
def perform(path: str, args: list[Any], kwargs: dict[str, Any], alias: str) -> None:
    """Runs one task in a worker: on its home loop, while this thread waits for its end.

    A worker that is ending takes nothing new; the reaper sends the task again.
    """
    task = import_string(path)
    with suppress(CancelledError):
        pool_of(alias).submit(enqueued(task, args, kwargs, alias)).result()
