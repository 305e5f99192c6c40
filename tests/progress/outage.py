"""A database that does not answer the writer of this process, for as long as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection

from progress.writer import writer


class Outage:
    """Refuses every statement of the writer's connection between `begin()` and `end()`."""

    def __init__(self) -> None:
        self.is_on = False
        self.refused = 0
        self.news = threading.Condition()

    def begin(self) -> None:
        writer().change(self._stand_before_the_database).result(10)
        self.is_on = True

    def end(self) -> None:
        self.is_on = False

    def wait_for(self, statements: int) -> None:
        """Return when so many have been refused."""
        with self.news:
            assert self.news.wait_for(lambda: self.refused >= statements, 10)

    def _stand_before_the_database(self) -> tuple[None, list]:
        connection.execute_wrappers.append(self._answer)
        return None, []

    def _answer(self, execute: Callable, *statement: Any) -> Any:
        if not self.is_on:
            return execute(*statement)
        with self.news:
            self.refused += 1
            self.news.notify_all()
        raise OperationalError("the database is away")
