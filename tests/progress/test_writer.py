"""Storing events: numbered without gaps, in order, nothing lost, no event at another's cost."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, transaction

from progress import log, service
from progress.batch import Attempt, Stop
from progress.emit import aemit, emit
from progress.errors import Conflict, QueueFull, SessionNotFound, StorageFailed
from progress.events import Draft, draft, encode
from progress.models import Event, Run, Session
from progress.service import in_thread
from progress.writer import Writer, writer

pytestmark = pytest.mark.stack


@pytest.fixture
def published() -> list:
    return []


@pytest.fixture
def own_writer(transactional_db, published):
    """A writer beside the process's own, with its own thread and connection."""
    found = Writer(published.append)
    yield found
    found.stop()


def numbers(session: Session) -> list[int]:
    return list(Event.objects.filter(session=session).order_by("seq").values_list("seq", flat=True))


def messages(session: Session) -> list[str]:
    rows = Event.objects.filter(session=session).order_by("seq")
    return list(rows.values_list("message", flat=True))


def test_events_are_numbered_from_one_without_gaps(session, own_writer):
    for number in range(1, 51):
        own_writer.put(draft(session.id, f"{number}"))
    own_writer.barrier().result(10)
    assert numbers(session) == list(range(1, 51))
    assert messages(session) == [f"{number}" for number in range(1, 51)]
    session.refresh_from_db()
    assert (session.first_seq, session.last_seq) == (1, 50)


def test_many_threads_and_two_writers_leave_no_gap_and_keep_each_threads_order(session):
    writers = [Writer(lambda stored: None) for _ in range(2)]

    def emitting(thread: int) -> None:
        for number in range(50):
            writers[thread % 2].put(draft(session.id, f"{thread}:{number}"))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(emitting, range(6)))
    for own in writers:
        own.stop()
    assert numbers(session) == list(range(1, 301))
    for thread in range(6):
        mine = [text for text in messages(session) if text.startswith(f"{thread}:")]
        assert mine == [f"{thread}:{number}" for number in range(50)]


@pytest.fixture
def slept(monkeypatch) -> list[float]:
    """The pauses that a writer makes, which are not waited for."""
    found: list[float] = []
    clock = SimpleNamespace(**{**vars(time), "sleep": found.append})
    monkeypatch.setattr("progress.writer.time", clock)
    return found


def test_a_lone_event_goes_at_once_and_the_next_waits_the_rest_of_the_pause(configure, slept):
    configure(linger=90.0)
    found = Writer(lambda stored: None)
    found._linger(300_000, ended=time.monotonic() - 61)
    assert not slept
    found._linger(300_000, ended=time.monotonic() - 20)
    assert 0 < slept.pop() <= 40


def test_the_pause_grows_with_what_there_was_to_do_up_to_the_longest(configure, slept):
    configure(linger=90.0)
    found = Writer(lambda stored: None)
    for size in (50_000, 50_000_000):
        found._linger(size, ended=time.monotonic())
    assert 9 < slept[0] <= 10 and 89 < slept[1] <= 90


def test_a_full_batch_waits_for_nobody(configure, slept):
    configure(linger=90.0, batch_limit=2)
    found = Writer(lambda stored: None)
    found.queue.put(draft(uuid.uuid4(), "one"))
    found.queue.put(draft(uuid.uuid4(), "two"))
    found._linger(300_000, ended=time.monotonic())
    assert not slept


def test_what_waited_for_one_commit_shares_the_next(session, own_writer, published):
    entered, go_on = threading.Event(), threading.Event()

    def slow():
        entered.set()
        go_on.wait(30)
        return None, []

    own_writer.change(slow)
    assert entered.wait(30)
    for number in range(100):
        own_writer.put(draft(session.id, f"{number}"))
    go_on.set()
    own_writer.barrier().result(10)
    assert own_writer.commits == 2
    assert [(stored.first, len(stored.events)) for batch in published for stored in batch] == [
        (1, 100)
    ]


def elsewhere(function, *arguments):
    """On a connection of its own, which sees nothing that is not committed."""

    def call():
        try:
            return function(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result(10)


def test_an_event_is_published_only_after_its_commit(session, transactional_db):
    seen = []
    found = Writer(lambda stored: seen.append(elsewhere(log.read_bounds, session.id)))
    found.put(draft(session.id, "x"))
    found.barrier().result(10)
    found.stop()
    assert seen == [(1, 1)]


def test_who_waits_for_an_event_goes_on_after_its_hint(session):
    """Or "finished" could overtake the last event."""
    was_settled = []
    own = Writer(lambda stored: was_settled.append(waiting.done()))
    blocked = Blocked(own)
    own.put(draft(session.id, "x"))
    waiting = own.barrier()
    blocked.gate.set()
    waiting.result(10)
    own.stop()
    assert was_settled == [False]


def test_events_of_a_rolled_back_transaction_stay_stored(session):
    class Undo(Exception):
        pass

    with pytest.raises(Undo), transaction.atomic():
        Session.objects.filter(id=session.id).exists()
        emit(draft(session.id, "in the transaction"))
        raise Undo
    assert service.drain(10)
    assert messages(session) == ["in the transaction"]


def test_one_bad_event_does_not_fail_its_neighbours(session, own_writer):
    good = [draft(session.id, f"{number}") for number in range(20)]
    bad = draft(session.id, "names a run that does not exist", run=uuid.uuid4())
    for event in [*good[:10], bad, *good[10:]]:
        own_writer.put(event)
    own_writer.barrier().result(10)
    assert messages(session) == [event.message for event in good]
    assert numbers(session) == list(range(1, 21))
    assert own_writer.failed == 1


def test_an_event_that_breaks_the_encoding_is_lost_alone(session, own_writer):
    broken = draft(session.id, "x")._replace(created="never")  # type: ignore[arg-type]
    for event in (draft(session.id, "before"), broken, draft(session.id, "after")):
        own_writer.put(event)
    own_writer.barrier().result(10)
    assert messages(session) == ["before", "after"]
    assert own_writer.failed == 1


def test_a_session_that_was_deleted_takes_only_its_own_events_along(session, own_writer):
    gone = service.create_session()
    Session.objects.filter(id=gone.id).delete()
    for number in range(10):
        own_writer.put(draft(session.id, f"{number}"))
        own_writer.put(draft(gone.id, "lost"))
    own_writer.barrier().result(10)
    assert messages(session) == [f"{number}" for number in range(10)]


def test_a_failing_database_is_retried_until_it_answers(session, own_writer):
    failures = iter([OperationalError("gone"), OperationalError("still gone")])

    def unsteady():
        failure = next(failures, None)
        if failure is not None:
            raise failure
        return "stored", [draft(session.id, "at last")]

    own_writer.put(draft(session.id, "first"))
    assert own_writer.change(unsteady).result(10) == "stored"
    assert messages(session) == ["first", "at last"]
    assert own_writer.retries == 2


def test_pauses_between_retries_double_to_two_seconds(session, own_writer, slept):
    failures = iter([OperationalError("gone")] * 9)

    def unsteady():
        failure = next(failures, None)
        if failure is not None:
            raise failure
        return "stored", []

    assert own_writer.change(unsteady).result(10) == "stored"
    assert slept[0] <= 0.03 and 1.0 <= slept[-1] <= 3.0


def test_when_patience_is_over_the_waiter_hears_a_clear_failure(session, configure, own_writer):
    configure(write_patience=0.2)

    def down():
        raise OperationalError("the database is down")

    event = draft(session.id, "lost", run=uuid.uuid4())
    own_writer.put(event)
    with pytest.raises(StorageFailed) as failure:
        own_writer.change(down).result(10)
    # The operator's log and the program learn why; what users read names no server of ours.
    assert str(failure.value.__cause__) == "the database is down"
    assert "down" not in str(failure.value)
    own_writer.put(draft(session.id, "afterwards"))
    own_writer.barrier().result(10)
    assert messages(session)[-1] == "afterwards"


def test_when_patience_is_over_all_that_waits_hears_it_and_is_counted(
    session, configure, own_writer, caplog
):
    configure(write_patience=0.2)
    tried, all_wait = threading.Event(), threading.Event()

    def down():
        tried.set()
        all_wait.wait(10)
        raise OperationalError("the database is down")

    first = own_writer.change(down)
    assert tried.wait(30)  # now the rest comes behind it
    run = uuid.uuid4()
    for _ in range(50):
        own_writer.put(draft(session.id, "lost", run=run))
    last = own_writer.barrier()
    known: list[bool] = []  # to one who goes on at that moment
    first.add_done_callback(lambda _: known.append(own_writer.has_losses(run)))
    all_wait.set()
    for waiting in (first, last):
        with pytest.raises(StorageFailed):
            waiting.result(10)
    assert own_writer.failed == 50 and known == [True]
    assert "50 events lost" in caplog.text
    own_writer.put(draft(session.id, "afterwards"))
    own_writer.barrier().result(10)
    assert messages(session) == ["afterwards"]


def test_a_run_knows_that_an_event_of_it_was_lost(session, own_writer):
    run = uuid.uuid4()
    own_writer.put(draft(session.id, "of no run", run=run))
    own_writer.barrier().result(10)
    assert own_writer.has_losses(run)
    assert not own_writer.has_losses(uuid.uuid4())


def test_a_change_and_its_events_are_stored_together_or_not_at_all(session, own_writer):
    def rename_and_fail():
        Session.objects.filter(id=session.id).update(title="Half done")
        raise Conflict("no")

    def rename():
        Session.objects.filter(id=session.id).update(title="Done")
        return "ok", [draft(session.id, "renamed")]

    done, failing = own_writer.change(rename), own_writer.change(rename_and_fail)
    with pytest.raises(Conflict):
        failing.result(10)
    assert done.result(10) == "ok"
    session.refresh_from_db()
    assert session.title == "Done" and messages(session) == ["renamed"]


def test_a_change_that_wants_to_end_the_program_ends_alone(session, own_writer):
    ending = own_writer.change(sys.exit)
    own_writer.put(draft(session.id, "afterwards"))
    with pytest.raises(RuntimeError, match="SystemExit"):
        ending.result(30)
    own_writer.barrier().result(30)
    assert messages(session) == ["afterwards"]


def test_a_change_whose_transaction_came_to_nothing_is_made_again(session, own_writer):
    """Its neighbour breaks the connection and is refused: Django then rolls back without a word."""
    times = iter([True])

    def rename():
        Session.objects.filter(id=session.id).update(title="Done")
        return "ok", []

    def refuse():
        if next(times, False):
            connection.connection.close()
        raise Conflict("no")

    blocked = Blocked(own_writer)
    done, failing = own_writer.change(rename), own_writer.change(refuse)
    blocked.gate.set()
    assert done.result(10) == "ok"
    with pytest.raises(Conflict):
        failing.result(10)
    session.refresh_from_db()
    assert session.title == "Done"


def test_a_refusal_of_an_attempt_that_came_to_nothing_is_forgotten(session, own_writer):
    refusals, failures = iter([Conflict("not yet")]), iter([OperationalError("gone")])

    def raise_next(errors):
        error = next(errors, None)
        if error is not None:
            raise error
        return "ok", []

    blocked = Blocked(own_writer)
    changes = [own_writer.change(lambda e=e: raise_next(e)) for e in (refusals, failures)]
    blocked.gate.set()
    assert [change.result(10) for change in changes] == ["ok", "ok"]


class Taking:
    """A guard that learns of a run's loss while an event of it is on its way."""

    def __init__(self) -> None:
        self.asked = 0

    def ours(self, batch):
        self.asked += 1
        return batch if self.asked == 1 else [item for item in batch if not isinstance(item, Draft)]


def test_an_event_whose_run_is_taken_away_at_the_last_moment_is_not_stored(
    session, own_writer, published
):
    run = Run.objects.create(session=session)
    own_writer.guard = Taking()
    own_writer.put(draft(session.id, "too late", run=run.id))
    own_writer.barrier().result(10)
    own_writer.guard = None
    own_writer.put(draft(session.id, "afterwards"))
    own_writer.barrier().result(10)
    assert messages(session) == ["afterwards"] and numbers(session) == [1]
    assert sum(len(stored.events) for batch in published for stored in batch) == 1


def test_hints_that_cannot_be_sent_do_not_fail_what_is_stored(session, transactional_db):
    def broken(stored):
        raise RuntimeError("no layer")

    found = Writer(broken)
    found.put(draft(session.id, "x"))
    found.barrier().result(10)
    found.stop()
    assert messages(session) == ["x"]


async def test_a_cancelled_waiter_does_not_disturb_the_writer(session):
    entered, go_on = threading.Event(), threading.Event()

    def slow():
        entered.set()
        go_on.wait(30)
        return None, []

    waiter = asyncio.ensure_future(asyncio.wrap_future(writer().change(slow)))
    await asyncio.to_thread(entered.wait, 5)
    waiter.cancel()
    await asyncio.sleep(0)  # now the cancellation has reached the writer's own future
    emit(draft(session.id, "afterwards"))
    go_on.set()
    assert await in_thread(service.drain, 10)
    assert await in_thread(messages, session) == ["afterwards"]


class Blocked:
    """A writer whose thread waits, so that its queue fills."""

    def __init__(self, own: Writer) -> None:
        self.own, self.gate, entered = own, threading.Event(), threading.Event()

        def wait():
            entered.set()
            self.gate.wait(10)
            return None, []

        own.change(wait)
        entered.wait(30)


def test_beyond_twice_the_limit_an_event_is_refused_instead_of_growing_without_bound(
    session, own_writer
):
    own_writer.limit = 5
    blocked = Blocked(own_writer)
    with pytest.raises(QueueFull):
        for _ in range(20):
            own_writer.put(draft(session.id, "x"))
    assert own_writer.queue.qsize() <= 11
    blocked.gate.set()


def test_beyond_twice_the_bytes_a_large_event_is_refused_and_lines_still_pass(session, own_writer):
    own_writer.byte_limit = 10_000
    blocked = Blocked(own_writer)
    with pytest.raises(QueueFull):
        for _ in range(20):
            own_writer.put(draft(session.id, "x" * 2_000, data={"more": "y" * 2_000}))
    assert own_writer.queue.qsize() == 5  # of some 4,000 bytes each
    own_writer.put(draft(session.id, "a line"))
    blocked.gate.set()
    own_writer.barrier().result(30)
    assert len(messages(session)) == 6 and not own_writer.weight


def test_events_that_were_given_up_make_room_again(session, own_writer):
    own_writer.byte_limit = 10_000
    for event in (draft(uuid.uuid4(), "x" * 20_000), draft(session.id, "y" * 20_000)):
        own_writer.put(event)
    assert own_writer.is_full()
    own_writer.barrier().result(30)
    assert messages(session) == ["y" * 20_000]
    assert own_writer.failed == 1 and not own_writer.is_full()


@pytest.fixture(params=["number", "bytes"])
def small_queue(session, monkeypatch, request):
    service.drain(10)
    limit = ("limit", 5) if request.param == "number" else ("byte_limit", 5 * len(TEXT))
    monkeypatch.setattr(writer(), *limit)
    return Blocked(writer())


TEXT = "x" * 2_000


def emit_many(session, count: int) -> None:
    for n in range(count):
        emit(draft(session.id, f"{n} {TEXT}"))


def test_a_full_queue_makes_a_thread_wait_and_loses_nothing(session, small_queue):
    done = ThreadPoolExecutor(1).submit(emit_many, session, 30)
    with pytest.raises(TimeoutError):
        done.result(0.1)
    small_queue.gate.set()
    done.result(10)
    assert service.drain(10)
    assert messages(session) == [f"{n} {TEXT}" for n in range(30)]


async def test_a_full_queue_suspends_a_coroutine_but_not_its_loop(session, small_queue):
    async def job() -> None:
        for number in range(30):
            await aemit(draft(session.id, f"{number} {TEXT}"))

    task = asyncio.create_task(job())
    done, _ = await asyncio.wait([task], timeout=0.1)
    assert not done
    small_queue.gate.set()
    await task
    assert await in_thread(service.drain, 10)
    assert len(await in_thread(messages, session)) == 30


async def test_inside_a_loop_plain_code_never_waits_for_a_full_queue(session, small_queue):
    with pytest.raises(QueueFull):
        emit_many(session, 30)
    small_queue.gate.set()


def test_a_stopped_writer_starts_again_with_the_next_event(session, own_writer):
    own_writer.put(draft(session.id, "one"))
    own_writer.stop()
    assert messages(session) == ["one"]
    own_writer.put(draft(session.id, "two"))
    own_writer.barrier().result(10)
    assert messages(session) == ["one", "two"]


def test_what_comes_behind_a_stop_is_stored_by_another_thread(session, own_writer):
    blocked, thread = Blocked(own_writer), own_writer._thread
    own_writer.queue.put(Stop())
    own_writer.put(draft(session.id, "x"))
    waiting = own_writer.barrier()
    blocked.gate.set()
    waiting.result(10)
    assert messages(session) == ["x"]
    thread.join(10)
    assert not thread.is_alive()


def test_a_writer_that_is_stopped_during_an_outage_ends_with_its_patience(
    session, own_writer, configure
):
    configure(write_patience=0.2)
    tried = threading.Event()

    def down():
        tried.set()
        raise OperationalError("the database is down")

    own_writer.change(down)
    assert tried.wait(30)
    thread = own_writer._thread
    own_writer.stop()
    assert not thread.is_alive()


def test_emitting_to_no_session_is_refused_at_once():
    with pytest.raises(SessionNotFound):
        service.progress_info_sync("nonsense", "x")


def test_a_commit_whose_answer_was_lost_is_not_repeated(session, own_writer):
    attempt = Attempt([draft(session.id, "once")])
    attempt.make()
    if connection.vendor == "postgresql":
        # Committed; suppose that the connection broke before the answer came.
        connection.connection.close()
        own_writer._store_patiently(attempt)
    else:
        # SQLite commits in this process: there is no answer that could be lost.
        assert not attempt.took_place()
    assert messages(session) == ["once"]


def test_a_transaction_whose_number_was_given_out_again_did_not_take_place(session):
    """A server that was killed forgets the last numbers that it gave out."""
    attempt = Attempt([draft(session.id, "of whoever has the number now")])
    attempt.make()
    ours = log.Stored(session.id, 1, [encode(draft(session.id, "ours"), 1)])
    assert not log.committed(attempt.transaction, [ours])
    if connection.vendor == "postgresql":
        assert log.committed(attempt.transaction, attempt.stored)


def test_a_transaction_that_is_still_at_it_is_asked_about_again(session):
    with transaction.atomic():
        stored, number = log.append([draft(session.id, "x")])
        if connection.vendor == "postgresql":
            with pytest.raises(OperationalError):
                elsewhere(log.committed, number, stored)


def test_an_error_after_the_commit_does_not_store_the_batch_twice(session, own_writer):
    def with_a_hook():
        transaction.on_commit(lambda: 1 / 0)
        return "stored", [draft(session.id, "once")]

    assert own_writer.change(with_a_hook).result(10) == "stored"
    assert messages(session) == ["once"]


def test_a_transaction_whose_end_was_disturbed_does_not_swallow_the_next(
    session, own_writer, django_db_blocker
):
    """Django then leaves the connection without autocommit, and commits nothing any more."""
    entered, go_on = threading.Event(), threading.Event()

    def slow():
        entered.set()
        go_on.wait(30)
        return None, []

    disturbed = own_writer.change(slow)
    assert entered.wait(30)
    with django_db_blocker.block():
        go_on.set()
        with pytest.raises(RuntimeError, match="access not allowed"):
            disturbed.result(10)
    own_writer.put(draft(session.id, "afterwards"))
    own_writer.barrier().result(10)
    assert messages(session) == ["afterwards"]


def test_the_process_can_be_forked_while_it_emits(session):
    emit(draft(session.id, "parent"))
    assert service.drain(10)
    child = os.fork()
    if child == 0:
        connection.connection = None  # the parent's; closing it would end it for both
        emit(draft(session.id, "child"))
        os._exit(0 if service.drain(10) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert messages(session) == ["parent", "child"]
