"""Pools of threads: after a fork, and with connections that died since they were last used."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import OperationalError, connection, connections

from progress.dispatch.celery import sender
from progress.threads import pool, read_again
from progress.webhooks.addresses import RESOLVERS

pytestmark = pytest.mark.django_db(transaction=True)


def failing_once(used: list[object]) -> Callable[[], str]:
    """A read whose first attempt finds a dead connection; it notes which ones it used."""

    def read() -> str:
        connection.ensure_connection()
        used.append(connection.connection)
        if len(used) == 1:
            raise OperationalError("the server closed the connection unexpectedly")
        return "read"

    return read


def test_a_read_is_repeated_on_a_new_connection_when_the_kept_one_is_dead():
    used: list[object] = []
    connection.ensure_connection()
    assert read_again(failing_once(used)) == "read"
    assert len(used) == 2 and used[0] is not used[1]


def test_a_read_that_fails_on_a_connection_of_its_own_is_not_repeated():
    used: list[object] = []
    connections.close_all()
    with pytest.raises(OperationalError):
        read_again(failing_once(used))
    assert len(used) == 1


@pytest.mark.parametrize(
    "executor",
    [lambda: pool("reader"), lambda: pool("resolver", RESOLVERS), lambda: sender().thread],
    ids=["readers", "resolvers", "sender"],
)  # fmt: skip
def test_a_forked_process_has_threads_of_its_own(executor: Callable[[], ThreadPoolExecutor]):
    executor().submit(int).result(30)
    child = os.fork()
    if child == 0:
        _, late = wait([executor().submit(int)], 20)
        os._exit(len(late))
    assert os.waitpid(child, 0)[1] == 0
