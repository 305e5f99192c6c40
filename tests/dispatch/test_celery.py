"""The Celery backend with a real broker and a real worker, in threads of this process."""

import threading
from collections.abc import Iterator

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.db import transaction

from progress.dispatch import celery
from progress.dispatch.celery import CeleryBackend, sender
from tests.dispatch import toys

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    from deploy.servers import Valkey
    from tests.servers import scratch

    with scratch() as directory:
        valkey = Valkey(directory)
        valkey.start()
        yield valkey.url
        valkey.kill()


@pytest.fixture
def app(broker: str) -> Celery:
    app = Celery("test", broker=broker, set_as_current=True)
    app.conf.update(imports=["progress.dispatch.celery"], worker_disable_prefetch=True)
    app.conf.broker_connection_timeout = 1
    app.conf.task_publish_retry_policy = {"max_retries": 0}
    app.set_default()
    return app


@pytest.fixture
def backend() -> CeleryBackend:
    return CeleryBackend("default", {"QUEUES": []})


@pytest.fixture
def worker(app: Celery) -> Iterator[None]:
    with start_worker(app, pool="threads", perform_ping_check=False, shutdown_timeout=20):
        yield


def test_a_worker_runs_what_was_enqueued(worker: None, backend: CeleryBackend) -> None:
    backend.enqueue(toys.add, [20, 22], {})
    assert toys.seen.get(timeout=30) == 42


async def test_a_coroutine_can_enqueue_a_coroutine(worker: None, backend: CeleryBackend) -> None:
    await backend.aenqueue(toys.tell_where, [], {})
    assert toys.seen.get(timeout=30)[1] == "none"


def test_a_message_leaves_only_after_the_commit(worker: None, backend: CeleryBackend) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        backend.enqueue(toys.add, [1, 1], {})
        raise ZeroDivisionError
    backend.enqueue(toys.add, [2, 2], {})
    assert toys.seen.get(timeout=30) == 4


def test_a_broker_that_is_away_fails_nobody(
    app: Celery, backend: CeleryBackend, caplog: pytest.LogCaptureFixture
) -> None:
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    backend.enqueue(toys.add, [1, 1], {})
    sender().submit(lambda: None).result(30)
    assert "the reaper sends tests.dispatch.toys.add again" in caplog.text


def test_messages_for_a_broker_that_is_away_do_not_pile_up_without_bound(
    app: Celery,
    backend: CeleryBackend,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(celery, "WAITING", 3)
    sender.cache_clear()
    gate = threading.Event()
    sender().submit(gate.wait, 60)
    for _ in range(5):
        backend.enqueue(toys.add, [1, 1], {})
    assert caplog.text.count("A message was dropped") == 3
    gate.set()
    sender().thread.shutdown()
    sender.cache_clear()


def test_a_message_that_has_left_makes_room_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(celery, "WAITING", 1)
    own = celery.Sender()
    assert own.submit(int) is not None
    assert own.room.acquire(timeout=30)
    own.thread.shutdown()
