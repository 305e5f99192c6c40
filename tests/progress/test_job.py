"""What a job does with its run, from coroutines, threads and plain code."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import uuid
from functools import partial

import pytest

from progress import service
from progress.active import Parked, Unsupported
from progress.beats import heart
from progress.emit import changed, settled
from progress.errors import EventRejected, LeaseLost
from progress.events import draft
from progress.job import begin, work
from progress.logs import ProgressHandler
from progress.models import Event, Run, Session
from progress.runs import cancel, create
from progress.service import astart_run, in_thread, start_run
from progress.writer import writer
from tests.dispatch import toys

pytestmark = pytest.mark.stack


async def queued(session: Session) -> Run:
    return await asyncio.wrap_future(writer().change(create(Run(session=session))))


async def ended(session: Session, job, **options) -> Run:
    run = await queued(session)
    await work(run.id, job, **options)
    return await in_thread(get, run)


def get(run: Run) -> Run:
    return Run.objects.get(id=run.id)


def told(session: Session) -> list[tuple[str, str, str]]:
    rows = Event.objects.filter(session=session).order_by("seq")
    return [(event.kind, event.level, event.message) for event in rows]


async def test_a_job_reports_steps_that_time_themselves(session):
    async def job(run) -> None:
        async with run.step(1, "Read"):
            await run.ainfo("3 rows")
            await run.aprogress(0.5)
        with run.step(2, "Write"):
            run.warning("slow disk")
        run.result({"rows": 3})

    run = await ended(session, job)
    assert run.state == "succeeded" and run.warnings == 1
    assert await in_thread(told, session) == [
        ("state", "info", "Queued"),
        ("state", "info", "Running"),
        ("step", "info", "Read"),
        ("log", "info", "3 rows"),
        ("progress", "info", ""),
        ("step", "success", "Read"),
        ("step", "info", "Write"),
        ("log", "warning", "slow disk"),
        ("step", "success", "Write"),
        ("result", "success", ""),
        ("state", "success", "Finished"),
    ]
    steps = await in_thread(list, Event.objects.filter(kind="step").order_by("seq"))
    assert [step.data["state"] for step in steps] == ["started", "finished"] * 2
    assert steps[1].elapsed_ms > 0 and [step.step for step in steps] == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("error", "state", "code", "message"),
    [
        (Unsupported("Not about stocks"), "unsupported", "unsupported", ""),
        (EventRejected("Too long"), "failed", "event_rejected", "Too long"),
        (ValueError("secret"), "failed", "internal", "Something went wrong on the server"),
        (TimeoutError("its own"), "failed", "internal", "Something went wrong on the server"),
    ],
)
async def test_how_a_job_fails_is_how_its_run_ends(session, error, state, code, message):
    async def job(run) -> None:
        raise error

    run = await ended(session, job)
    assert (run.state, run.error_code, run.error) == (state, code, message)


async def test_a_run_whose_log_has_a_hole_says_so_when_the_database_is_back(
    session, outage, configure, caplog
):
    configure(write_patience=0.1)

    async def job(run) -> None:
        await run.ainfo("stored")
        await in_thread(outage.begin)
        await run.ainfo("lost")

    working = asyncio.create_task(ended(session, job))
    await in_thread(outage.wait_for, 20)
    outage.end()
    run = await working
    assert (run.state, run.error_code) == ("failed", "storage_failed")
    assert "cannot be stored yet" in caplog.text
    assert [message for _, _, message in await in_thread(told, session)] == [
        "Queued", "Running", "stored", "Part of the log could not be stored"
    ]  # fmt: skip


async def test_a_run_that_lost_nothing_ends_well_after_an_outage(session, outage, configure):
    configure(write_patience=0.1)

    async def job(run) -> None:
        await run.ainfo("stored")
        await in_thread(outage.begin)

    working = asyncio.create_task(ended(session, job))
    await in_thread(outage.wait_for, 20)
    outage.end()
    assert (await working).state == "succeeded"


def test_what_waited_in_the_queue_while_its_run_was_taken_away_is_not_stored(session):
    lost = threading.Event()
    with contextlib.suppress(LeaseLost), start_run(session.id) as run:
        run.on_cancel(lost.set)
        run.info("while it was ours")
        assert service.drain(10)
        Run.objects.update(lease=uuid.uuid4())
        assert lost.wait(10)
        writer().put(draft(session.id, "too late", run=run.id))
        service.progress_info_sync(session.id, "of no run")
    assert service.drain(10)
    messages = [message for _, _, message in told(session)]
    assert messages[-2:] == ["while it was ours", "of no run"]


async def test_a_job_that_takes_too_long_is_stopped(session):
    async def job(run) -> None:
        await asyncio.sleep(30)

    run = await ended(session, job, time_limit=0.1)
    assert (run.state, run.error_code) == ("failed", "time_limit")


async def test_a_cancelled_job_is_interrupted_within_half_a_second(session):
    started = asyncio.Event()

    async def job(run) -> None:
        started.set()
        await asyncio.sleep(30)

    run = await queued(session)
    working = asyncio.create_task(work(run.id, job))
    await started.wait()
    await asyncio.wrap_future(writer().change(cancel(run.id)))
    async with asyncio.timeout(1.0):
        await working
    assert (await in_thread(get, run)).state == "cancelled"


async def test_a_job_that_is_cancelled_as_it_asks_does_not_wait_for_an_answer(session):
    async def job(run) -> None:
        await asyncio.wrap_future(writer().change(cancel(run.id)))
        await run.ask("which", "Which one?")

    assert (await ended(session, job)).state == "cancelled"


async def test_work_that_is_taken_away_by_a_restart_goes_back_to_the_queue(session):
    started = asyncio.Event()

    async def job(run) -> None:
        started.set()
        await asyncio.sleep(30)

    run = await queued(session)
    working = asyncio.create_task(work(run.id, job))
    await started.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert (await in_thread(get, run)).state == "queued"


async def test_work_that_is_given_back_is_sent_to_another_worker(session):
    while not toys.seen.empty():
        toys.seen.get_nowait()
    toys.gate.set()
    run = await in_thread(
        changed, create(Run(session=session, task="tests.dispatch.toys.wait_at_gate"))
    )
    started = asyncio.Event()

    async def job(run) -> None:
        started.set()
        await asyncio.sleep(60)

    working = asyncio.create_task(work(run.id, job))
    await started.wait()
    working.cancel()
    assert await asyncio.to_thread(toys.seen.get, timeout=20) == f"{run.id} began"
    assert await asyncio.to_thread(toys.seen.get, timeout=20) == f"{run.id} ended"


async def test_a_run_that_was_taken_away_reports_nothing_more(session):
    run = await in_thread(begin, session.id, "", "job", None)
    run._lose()
    for report in (partial(run.info, "too late"), run.check):
        with pytest.raises(LeaseLost):
            report()


async def test_a_run_that_lets_go_of_its_lease_was_not_taken_away(session):
    ended, parked = [await in_thread(begin, session.id, "", "job", None) for _ in range(2)]
    await settled(ended._finish("succeeded", "Finished", "success"))
    with pytest.raises(Parked):
        await parked.ask("which", "Which?")
    for run in (ended, parked):
        run._lose()  # as the heart does, which does not know why the lease is gone
        assert not run.lost


async def test_what_is_to_be_stopped_by_a_cancel_is_stopped_after_it_too(session):
    run, stopped = await in_thread(begin, session.id, "", "job", None), []
    run._cancel()
    run.on_cancel(lambda: stopped.append(True))
    assert stopped


async def test_a_question_parks_the_run_and_its_answer_lets_the_job_go_on(session, viewer):
    seen: list[str] = []

    async def job(run) -> None:
        run.checkpoint["done"] = run.checkpoint.get("done", 0) + 1
        seen.append(await run.ask("which", "Which?", [("a", "The first"), ("b", "The second")]))
        assert run.checkpoint["done"] == 2

    run = await ended(session, job)
    assert run.state == "waiting" and not seen and not heart.claims
    ask = await in_thread(run.asks.get)
    await in_thread(service.answer, viewer, run.id, ask.id, "b")
    await work(run.id, job)
    assert seen == ["b"] and (await in_thread(get, run)).state == "succeeded"


async def test_a_run_is_done_once_however_often_it_is_enqueued(session):
    done: list[int] = []

    async def job(run) -> None:
        done.append(1)

    run = await queued(session)
    await asyncio.gather(*(work(run.id, job) for _ in range(5)))
    assert done == [1]


def test_plain_code_reports_in_a_with_block(session):
    with start_run(session.id, "Import", total_steps=1) as run, run.step(1, "Rows"):
        assert list(run.track([1, 2, 3], every=0)) == [1, 2, 3]
    assert Run.objects.get().state == "succeeded"
    shares = [event.data["share"] for event in Event.objects.filter(kind="progress")]
    assert shares == [0.0, 1 / 3, 2 / 3, 1.0]


def test_an_error_leaves_the_with_block_and_ends_the_run(session):
    with pytest.raises(ZeroDivisionError), start_run(session.id) as run:
        run.info("before")
        _ = 1 / 0
    run_now = Run.objects.get()
    assert (run_now.state, run_now.error_code) == ("failed", "internal")
    assert "division" not in run_now.error  # whoever watches the session need not know


def test_a_script_that_exits_within_the_block_fails_with_a_code_of_ours(session):
    with pytest.raises(SystemExit), start_run(session.id):
        sys.exit(1)
    run = Run.objects.get()
    assert (run.state, run.error_code) == ("failed", "internal")


def test_a_cancelled_loop_stops_and_the_block_ends_quietly(session):
    with start_run(session.id) as run:
        writer().change(cancel(run.id)).result(10)
        waiting = threading.Event()
        run.on_cancel(waiting.set)
        assert waiting.wait(30)
        for _ in run.track(range(10)):
            raise AssertionError("the loop went on")
    assert Run.objects.get().state == "cancelled"


async def test_coroutines_have_their_own_with_block(session):
    async with astart_run(session.id, "Import") as run:
        await run.asuccess("done")
    assert (await in_thread(Run.objects.get)).state == "succeeded"


def test_python_logging_becomes_lines_of_the_run(session):
    logger = logging.getLogger("an.import")
    logger.setLevel(logging.DEBUG)
    with start_run(session.id) as run:
        handler = ProgressHandler(run)
        logger.addHandler(handler)
        logger.debug("too fine")
        logger.info("read %d rows", 3)
        logger.error("broken")
        logger.removeHandler(handler)
    assert told(session)[2:4] == [("log", "info", "read 3 rows"), ("log", "error", "broken")]
