"""One thread a process that stores events: group commit, in order, nothing lost.

While one batch is being written the next gathers. At low rates a batch is one event and costs one
commit; at high rates the commit is shared by hundreds. The thread has its own database connection,
so an event stays stored when the transaction of whoever emitted it is rolled back.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

from django.db import connection

from .batch import Attempt, Change, Guard, Item, Stop
from .conf import conf
from .errors import DATABASE_AWAY, ProgressError, QueueFull, StorageFailed
from .events import Draft
from .layer import publish
from .log import Stored

logger = logging.getLogger("progress.writer")

PER_EVENT = 0.0002  # seconds of waiting for each event of the batch before
LARGE = 1_024  # bytes of an event, beyond which it is weighed; the others are bounded by number

measures: list[Callable[[float], object]] = []  # each is told the seconds of every commit


class Writer:
    """The process's event queue and the thread that empties it."""

    def __init__(self, publish: Callable[[list[Stored]], None]) -> None:
        self.publish = publish
        self.queue: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self.limit, self.byte_limit = conf().queue_limit, conf().queue_bytes
        self.weight = 0  # bytes of the large events that are not stored yet
        self._weighing = threading.Lock()
        self.stored = self.failed = self.commits = self.retries = 0
        self.guard: Guard | None = None
        self._runs_with_losses: set[uuid.UUID] = set()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    # Emitting: any thread, microseconds.

    def put(self, event: Draft) -> None:
        """Hand over an event. Raises QueueFull beyond twice a limit, the last line of defence."""
        if self.queue.qsize() > 2 * self.limit:
            raise QueueFull
        # What `weight` asks as well, but most events are a line and not worth the call.
        if len(event.message) > LARGE or event.data is not None:
            self._weigh(event)
        self.queue.put(event)
        if self._thread is None:
            self._ensure_thread()

    def _weigh(self, event: Draft) -> None:
        more = weight(event)
        if more:
            with self._weighing:
                if self.weight > 2 * self.byte_limit:
                    raise QueueFull
                self.weight += more

    def is_full(self) -> bool:
        return self.queue.qsize() > self.limit or self.weight > self.byte_limit

    def change(self, apply: Callable[[], tuple[Any, Iterable[Draft]]] | None) -> Future[Any]:
        """Queue a change behind everything emitted so far; the future has its result."""
        change = Change(apply)
        self.queue.put(change)
        if self._thread is None:
            self._ensure_thread()
        return change.future

    def barrier(self) -> Future[Any]:
        """Done when everything emitted before is stored (or has failed for good)."""
        return self.change(None)

    def has_losses(self, run: uuid.UUID) -> bool:
        """Whether an event of this run could not be stored: such a run must not end well."""
        return run in self._runs_with_losses

    def stop(self, patience: float = 10.0) -> None:
        """Store what waits, end the thread and close its connection; a later event starts anew."""
        thread = self._thread
        if thread is not None:
            self.queue.put(Stop())
            thread.join(patience)

    # Storing: the writer's own thread.

    def _ensure_thread(self) -> None:
        with self._start:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="progress-writer", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        stopping = False
        batch: list[Item] = []
        ended = 0.0
        while not stopping:
            first = self.queue.get()
            self._linger(len(batch), ended)
            batch = self._gather(first)
            stopping = isinstance(batch[-1], Stop)
            if stopping:
                batch.pop()
            if batch:
                self._store_safely(batch)
            ended = time.monotonic()
        self._thread = None
        connection.close()
        if not self.queue.empty():
            self._ensure_thread()

    def _linger(self, size: int, ended: float) -> None:
        """Wait for company, unless the last commit was a while ago: a lone event goes at once.

        Above 5,000 events a second the waits grow to the longest, below they shrink to nothing; a
        commit and a frame for each event would cost ten times as much.
        """
        pause = min(size * PER_EVENT, conf().linger)
        rest = ended + pause - time.monotonic()
        if rest > 0 and self.queue.qsize() < conf().batch_limit:
            time.sleep(rest)

    def _gather(self, first: Item) -> list[Item]:
        batch, take = [first], self.queue.get_nowait
        try:
            for _ in range(conf().batch_limit - 1):
                if type(batch[-1]) is Stop:
                    break
                batch.append(take())
        except queue.Empty:
            pass
        return batch

    def _store_safely(self, batch: list[Item]) -> None:
        attempt = Attempt(batch, self.guard)
        try:
            self._store_patiently(attempt)
        except StorageFailed as error:
            # What waits behind it waits for the same database, and so do the emitters.
            self._fail(batch + self._waiting(), error)
        except Exception as error:
            # The batch itself is at fault. Halves find the culprit in few transactions, and its
            # neighbours, which keep their order, do not pay for it.
            if len(batch) == 1:
                return self._fail(batch, error)
            middle = len(batch) // 2
            self._store_safely(batch[:middle])
            self._store_safely(batch[middle:])
        else:
            self._tell(attempt)

    def _waiting(self) -> list[Item]:
        """Take what is in the queue now, but leave a Stop there."""
        items = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        if any(isinstance(item, Stop) for item in items):
            self.queue.put(Stop())
        return [item for item in items if not isinstance(item, Stop)]

    def _store_patiently(self, attempt: Attempt) -> None:
        """Retry a failing database with growing pauses; meanwhile the queue fills, emitters wait.

        Raises StorageFailed when the patience is over.
        """
        deadline = time.monotonic() + conf().write_patience
        pause = 0.02
        while True:
            try:
                return self._store(attempt)
            except DATABASE_AWAY as error:
                if time.monotonic() > deadline:
                    raise StorageFailed from error
                self.retries += 1
                logger.warning("the log cannot be written yet: %s", error)
                connection.close()
                time.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 2, 2.0)

    def _store(self, attempt: Attempt) -> None:
        started = time.perf_counter()
        if not attempt.took_place():
            attempt.make()
        self._count(attempt.size, time.perf_counter() - started)

    def _tell(self, attempt: Attempt) -> None:
        # Publish before anyone who waits goes on, or "finished" could overtake the last event.
        if attempt.stored:
            self._publish(attempt.stored)
        self._let_go(attempt.batch)
        for item in attempt.batch:
            if isinstance(item, Change):
                item.settle()

    def _count(self, events: int, seconds: float) -> None:
        self.stored += events
        self.commits += 1
        for measure in measures:
            measure(seconds)

    def _publish(self, stored: list[Stored]) -> None:
        """What is stored is stored: readers who get no hint look by themselves."""
        try:
            self.publish(stored)
        except Exception:
            logger.exception("no hint of %d sessions was sent", len(stored))

    def _fail(self, batch: list[Item], error: Exception) -> None:
        lost = [item for item in batch if isinstance(item, Draft)]
        if lost:
            self.failed += len(lost)
            self._runs_with_losses.update(event.run for event in lost if event.run is not None)
            reason, first = error.__cause__ or error, lost[0].session
            logger.error("%d events lost, the first of session %s: %s", len(lost), first, reason)
        self._let_go(batch)
        # The waiters last: one that asks for losses must find them.
        for item in batch:
            if isinstance(item, Change):
                item.future.set_exception(error)

    def _let_go(self, batch: list[Item]) -> None:
        """They are not in memory any more: there is room for others."""
        if self.weight:  # of lines alone there is nothing to add up
            with self._weighing:
                self.weight -= sum(weight(item) for item in batch if isinstance(item, Draft))


def weight(event: Draft) -> int:
    """Bytes of its text and data, if it is a large one."""
    size = len(event.message) + len(event.data or b"")
    return size if size > LARGE else 0


_writer: Writer | None = None
_creating = threading.Lock()


def writer() -> Writer:
    """The writer of this process."""
    return _writer or _create()


def _create() -> Writer:
    global _writer
    with _creating:
        if _writer is None:
            _writer = Writer(publish)
            atexit.register(drain, 10.0)
        return _writer


def _forget() -> None:
    global _writer, _creating
    _writer, _creating = None, threading.Lock()


# A forked child has the object but not its thread; it starts with an empty writer of its own.
os.register_at_fork(after_in_child=_forget)


def drain(patience: float) -> bool:
    """Wait until all that was emitted is stored; False if `patience` seconds were not enough."""
    if _writer is None:
        return True
    try:
        _writer.barrier().result(patience)
    except (TimeoutError, ProgressError):
        return False
    return True
