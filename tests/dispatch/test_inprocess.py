import asyncio
import logging
import queue
import threading
from concurrent.futures import CancelledError

import pytest

from progress.dispatch.inprocess import enqueued
from progress.dispatch.pool import Pool
from progress.loop import home
from tests.dispatch import toys

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_toys():
    toys.gate.clear()
    while not toys.seen.empty():
        toys.seen.get_nowait()
    yield
    toys.gate.set()


def next_seen():
    return toys.seen.get(timeout=30)


def submit(pool, task, *args):
    return pool.submit(enqueued(task, args, {}, "default"))


def test_an_enqueued_task_runs_on_the_home_loop():
    toys.tell_where.enqueue()
    loop, _ = next_seen()
    assert loop is home()


def test_a_sync_task_runs_as_well():
    toys.add.enqueue(2, right=3)
    assert next_seen() == 5


def test_sync_tasks_that_block_leave_the_threads_of_the_loop_to_others():
    pool = Pool(50)
    blocked = [submit(pool, toys.block, "began") for _ in range(50)]
    assert [next_seen() for _ in blocked] == ["began"] * 50

    async def elsewhere():
        return await asyncio.to_thread(threading.current_thread)

    assert asyncio.run_coroutine_threadsafe(elsewhere(), home()).result(30)
    ours = [thread for thread in threading.enumerate() if thread.name == "progress-task"]
    assert len(ours) == 50 and all(thread.daemon for thread in ours)  # none holds up the end
    toys.gate.set()
    for future in blocked:
        future.result(30)


async def test_enqueueing_from_a_coroutine_does_not_wait_for_the_task():
    result = await toys.wait_at_gate.aenqueue("slow")
    assert result.status == "READY"
    assert await asyncio.to_thread(next_seen) == "slow began"


def test_a_task_does_not_inherit_the_context_of_its_request():
    toys.marker.set("a request")
    toys.tell_where.enqueue()
    assert next_seen()[1] == "none"


def test_a_failing_task_is_logged_and_the_next_one_runs(caplog):
    with caplog.at_level(logging.ERROR):
        pool = Pool(1)
        submit(pool, toys.fail).result(30)
        submit(pool, toys.add, 1, 1).result(30)
    assert [next_seen(), next_seen()] == ["failing", 2]
    assert "as planned" in caplog.text


def test_no_more_tasks_run_than_the_limit_and_the_others_follow_in_order():
    pool = Pool(2)
    futures = [submit(pool, toys.wait_at_gate, name) for name in ("a", "b", "c")]
    assert {next_seen(), next_seen()} == {"a began", "b began"}
    with pytest.raises(queue.Empty):
        toys.seen.get(timeout=0.1)
    toys.gate.set()
    for future in futures:
        future.result(30)
    assert "c began" in list(toys.seen.queue)


def drain(pool, seconds):
    asyncio.run_coroutine_threadsafe(pool.drain(seconds), home()).result(10)


def test_draining_stops_what_does_not_finish_and_drops_what_waits():
    pool = Pool(1)
    running, waiting = submit(pool, toys.wait_at_gate, "a"), submit(pool, toys.wait_at_gate, "b")
    assert next_seen() == "a began"
    drain(pool, 0.05)
    assert next_seen() == "a stopped"
    assert running.done() and waiting.cancelled()


def test_a_drained_pool_takes_nothing_new():
    pool = Pool(1)
    drain(pool, 0)
    with pytest.raises(CancelledError):
        submit(pool, toys.add, 1, 1).result(30)
    assert toys.seen.empty()


def test_draining_lets_a_task_finish_that_finishes_in_time():
    pool = Pool(1)
    submit(pool, toys.wait_at_gate, "a")
    assert next_seen() == "a began"
    ending = asyncio.run_coroutine_threadsafe(pool.drain(5), home())
    toys.gate.set()
    ending.result(30)
    assert next_seen() == "a ended"
