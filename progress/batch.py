"""What the writer stores in one transaction: events, and changes of state with theirs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, Protocol

from django.db import OperationalError, connection, transaction

from . import log
from .errors import DATABASE_AWAY
from .events import Draft
from .log import Stored
from .webhooks import outbox

logger = logging.getLogger("progress.writer")


class Change:
    """A change of state that must stand in the same transaction as the events that tell of it.

    `apply()` runs on the writer's thread and returns the drafts to store; it may run again after a
    database error, so it must decide from the database alone. What it raises reaches the waiter
    and undoes only itself. `apply` None changes nothing: a barrier.
    """

    __slots__ = ("apply", "error", "future", "result")

    def __init__(self, apply: Callable[[], tuple[Any, Iterable[Draft]]] | None) -> None:
        self.apply = apply
        self.future: Future[Any] = Future()
        # From now on it cannot be cancelled: a waiter that goes away does not take a change back.
        self.future.set_running_or_notify_cancel()
        self.result: Any = None
        self.error: Exception | None = None

    def run(self) -> list[Draft]:
        self.result, self.error = None, None
        if self.apply is None:
            return []
        try:
            with transaction.atomic():
                self.result, drafts = self.apply()
                return list(drafts)
        except DATABASE_AWAY:
            raise
        except Exception as error:
            self.error = error
            return []
        except BaseException as error:
            # SystemExit would end the writer's thread, and whoever waits would wait for ever.
            self.error = RuntimeError(f"a change of state ended with {error!r}")
            return []

    def settle(self) -> None:
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Stop:
    """The last item of a writer that ends."""


Item = Draft | Change | Stop


class Guard(Protocol):
    """Keeps events out of runs that were taken from this process."""

    def ours(self, batch: list[Item]) -> list[Item]:
        """Without them; raises OperationalError while it is not known whose the runs are."""


class Attempt:
    """A batch on its way into the database, which knows if an unanswered COMMIT took place."""

    def __init__(self, batch: list[Item], guard: Guard | None = None) -> None:
        self.batch = batch
        self.guard = guard
        self.stored: list[Stored] = []
        self.size = 0
        self.transaction = ""
        self.is_committed = False

    def took_place(self) -> bool:
        return log.committed(self.transaction, self.stored)

    def make(self) -> None:
        self.stored, self.transaction = [], ""
        try:
            with transaction.atomic():
                # The first hook: what a later one raises does not undo the commit.
                transaction.on_commit(self._note_commit)
                self._write()
        except Exception:
            leave_transaction()
            if not self.is_committed:
                raise
            logger.exception("what was to follow a commit failed")
        if not self.is_committed:  # Django rolled back without a word: once more
            raise OperationalError("the transaction came to nothing")

    def _note_commit(self) -> None:
        self.is_committed = True

    def _write(self) -> None:
        drafts: list[Draft] = []
        items = self._ours(self.batch)
        for item in items:
            if isinstance(item, Change):
                drafts += item.run()
            elif isinstance(item, Draft):
                drafts.append(item)
        if drafts:
            self.stored, self.transaction = log.append(drafts)
            outbox.enter(self.stored)
            # The sessions are locked now: whoever takes a run from here on comes after us.
            if len(self._ours(items)) < len(items):
                raise OperationalError("a run was taken away while its events were on their way")
        self.size = len(drafts)

    def _ours(self, items: list[Item]) -> list[Item]:
        return items if self.guard is None else self.guard.ours(items)


def leave_transaction() -> None:
    """Django that fails to switch autocommit on again at the end of a transaction leaves it off:
    all that follows would look stored, never be committed, and keep its locks."""
    if not connection.autocommit:
        connection.close()
