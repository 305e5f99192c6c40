"""The life of a run: who may change it when, and that its log tells all of it."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from progress import claims, commands, runs, service
from progress.access import Viewer
from progress.claims import Claim
from progress.errors import (
    BadParameter,
    Conflict,
    LeaseLost,
    PermissionDenied,
    RunCancelled,
    RunNotFound,
    StorageFailed,
)
from progress.models import Ask, Run, Session
from progress.reaper import Reaper
from progress.writer import writer

pytestmark = pytest.mark.stack


def apply(change: Any) -> Any:
    return writer().change(change).result(10)


def queued(session: Session, **fields: Any) -> Run:
    return apply(runs.create(Run(session=session, **fields)))


def claimed(session: Session, **fields: Any) -> Claim:
    return apply(claims.claim(queued(session, **fields).id))


def end(claim: Claim, state: str = "succeeded") -> Any:
    return claims.finish(claim, state, "Finished", "success")


def parked(session: Session, **fields: Any) -> Ask:
    claim = claimed(session)
    ask = Ask(
        run=claim.run,
        key="which",
        question="Which one?",
        choices=[{"value": "a", "label": "The first"}],
        expires_at=timezone.now() + dt.timedelta(hours=1),
        **fields,
    )
    apply(claims.park(claim, ask, 0))
    return ask


def states(run: Run) -> list[str]:
    """The states that the run's log tells of, in order."""
    return [event.data["state"] for event in run.events.filter(kind="state").order_by("seq")]


def test_of_many_workers_exactly_one_gets_a_run(session):
    run = queued(session)
    claiming = [writer().change(claims.claim(run.id)) for _ in range(8)]
    assert [claim.result(10) is not None for claim in claiming].count(True) == 1
    assert states(run) == ["queued", "running"]


def test_the_end_of_a_run_is_its_last_event(session):
    claim = claimed(session)
    with ThreadPoolExecutor(4) as pool:
        for number in range(100):
            pool.submit(service.progress_info_sync, session.id, f"{number}", run=claim.run.id)
    apply(end(claim))
    last = session.events.order_by("-seq").first()
    assert last.kind == "state" and last.data == {"state": "succeeded"} and last.seq == 103
    assert last.elapsed_ms >= 0


def test_a_run_that_lost_an_event_does_not_end_well(session):
    claim = claimed(session)
    gone = service.create_session()
    service.progress_info_sync(gone.id, "of a session that goes", run=claim.run.id)
    assert service.drain(10)  # or it would be stored while its session is being deleted
    Session.objects.filter(id=gone.id).delete()
    service.progress_info_sync(gone.id, "this cannot be stored", run=claim.run.id)
    apply(end(claim))
    claim.run.refresh_from_db()
    assert (claim.run.state, claim.run.error_code) == ("failed", "storage_failed")


def test_a_run_that_lost_an_event_is_not_handed_on(session, outage, configure):
    configure(write_patience=0.1)
    claim = claimed(session)
    outage.begin()
    service.progress_info_sync(session.id, "lost", run=claim.run.id)
    assert not service.drain(10)
    outage.end()
    ask = Ask(run=claim.run, key="which", expires_at=timezone.now())
    for change in (claims.park(claim, ask, 0), claims.release(claim, "The server is restarting")):
        with pytest.raises(StorageFailed):
            apply(change)
    apply(end(claim))
    assert Run.objects.get().error_code == "storage_failed"


def test_a_worker_that_lost_its_lease_writes_nothing_more(session):
    claim = claimed(session)
    Run.objects.update(lease=uuid.uuid4())
    for change in (end(claim), claims.begin_step(claim, 1, 2, "Step"), claims.release(claim, "x")):
        with pytest.raises(LeaseLost):
            apply(change)
    assert states(claim.run) == ["queued", "running"]


@pytest.mark.parametrize("state", Run.State.values)
def test_a_run_is_only_claimed_while_it_is_queued(session, state):
    run = queued(session)
    Run.objects.update(state=state)
    assert (apply(claims.claim(run.id)) is not None) == (state == "queued")


def test_a_parked_run_holds_no_lease_and_its_answer_queues_it_again(session):
    ask = parked(session)
    run = Run.objects.get()
    assert (run.state, run.lease) == ("waiting", None)
    apply(runs.answer(ask.id, "a", "The first"))
    run.refresh_from_db()
    assert run.state == "queued" and run.checkpoint["answers"] == {"which": "a"}
    assert run.attempt == 0 and run.waited_ms > 0
    told = [(event.kind, event.message) for event in session.events.order_by("seq")]
    assert told[-4:] == [
        ("state", "Waiting for an answer"),
        ("answer", "The first"),
        ("ask", "Question answered"),
        ("state", "Queued"),
    ]


def test_of_two_answers_the_first_wins(session):
    ask = parked(session)
    apply(runs.answer(ask.id, "a", "The first"))
    with pytest.raises(Conflict):
        apply(runs.answer(ask.id, "b", "The second"))
    ask.refresh_from_db()
    assert ask.answer == "a"


def test_a_run_that_does_not_wait_any_more_is_not_moved_by_its_question(session):
    ask = parked(session)
    Run.objects.update(state=Run.State.SUCCEEDED)
    with pytest.raises(Conflict):
        apply(runs.answer(ask.id, "a", "The first"))
    ask.refresh_from_db()
    assert ask.state == "open"
    apply(runs.expire(ask.id))
    assert Run.objects.get().state == "succeeded"


def test_a_question_that_nobody_answers_ends_its_run(session):
    ask = parked(session)
    Ask.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    Reaper().look()
    ask.refresh_from_db()
    run = Run.objects.get()
    assert (ask.state, run.state, run.error_code) == ("expired", "cancelled", "ask_expired")


def test_cancelling_is_immediate_where_nobody_works_and_a_request_where_somebody_does(session):
    waiting, working = queued(session), claimed(session)
    assert apply(runs.cancel(waiting.id)).state == "cancelled"
    assert apply(runs.cancel(working.run.id)).state == "running"
    assert claims.signals([working]) == {working.lease: True}


def test_a_run_that_was_cancelled_does_not_wait_for_an_answer(session):
    claim = claimed(session)
    apply(runs.cancel(claim.run.id))
    ask = Ask(run=claim.run, key="which", question="Which?", expires_at=timezone.now())
    with pytest.raises(RunCancelled):
        apply(claims.park(claim, ask, 0))
    assert not Ask.objects.exists()
    apply(claims.finish(claim, "cancelled", "Cancelled", "info"))
    assert Run.objects.get().state == "cancelled"


def test_cancelling_twice_is_fine_and_cancelling_what_is_over_is_a_conflict(session):
    run, done = queued(session), claimed(session)
    apply(runs.cancel(run.id))
    assert apply(runs.cancel(run.id)).state == "cancelled"
    apply(end(done))
    with pytest.raises(Conflict):
        apply(runs.cancel(done.run.id))


def test_a_cancel_that_is_under_way_is_told_once(session):
    claim = claimed(session)
    for _ in range(2):
        assert apply(runs.cancel(claim.run.id)).state == "running"
    assert session.events.filter(message="Cancelling").count() == 1


def test_a_cancelled_run_whose_worker_died_is_cancelled_and_not_repeated(session):
    claim = claimed(session, task="somewhere.task")
    apply(runs.cancel(claim.run.id))
    assert apply(runs.reap(Run.objects.get())) == "cancelled"
    assert Run.objects.get().finished_at is not None
    assert states(claim.run)[-1] == "cancelled"


def test_cancelling_a_parked_run_settles_its_question(session):
    ask = parked(session)
    apply(runs.cancel(ask.run_id))
    ask.refresh_from_db()
    assert ask.state == "cancelled"


def test_a_dead_worker_is_found_by_its_missing_beats_whatever_the_clock_says(session, configure):
    configure(lease=0.0)
    claim, alive = claimed(session), claimed(session)
    reaper = Reaper()
    reaper.look()
    claims.beat([alive])
    reaper.look()
    claim.run.refresh_from_db()
    alive.run.refresh_from_db()
    assert (claim.run.state, claim.run.error_code) == ("interrupted", "interrupted")
    assert alive.run.state == "running"
    assert states(claim.run)[-1] == "interrupted"


def test_a_run_whose_task_is_gone_does_not_hold_up_those_behind_it(session, configure):
    configure(lease=0.0)
    lost, dead = queued(session), claimed(session)
    Run.objects.filter(id=lost.id).update(task="a.module.of.an.older.release")
    reaper = Reaper()
    reaper.look()
    reaper.look()
    dead.run.refresh_from_db()
    assert dead.run.state == "interrupted"


def test_a_worker_is_not_dead_because_nobody_could_look(session):
    """The database was away for an hour, or this process paused; the worker could not beat."""
    claim = claimed(session)
    reaper = Reaper()
    reaper.look()
    reaper.looked -= 3600
    reaper.look()
    assert states(claim.run)[-1] == "running"


def test_a_beat_in_the_last_moment_keeps_the_run(session):
    claim = claimed(session)
    seen = Run.objects.get()
    claims.beat([claim])
    assert apply(runs.reap(seen)) is None


def test_a_first_attempt_is_not_counted_aloud_not_even_after_an_answer(session):
    ask = parked(session)
    apply(runs.answer(ask.id, "a", "The first"))
    assert apply(claims.claim(ask.run_id))
    told = [event.message for event in session.events.filter(kind="state")]
    assert told.count("Running") == 2 and not any("attempt" in message for message in told)


def test_a_run_that_can_be_repeated_is_queued_again_until_its_attempts_are_used_up(session):
    claim = claimed(session, task="somewhere.task")
    assert apply(runs.reap(claim.run)) == "queued"
    for attempt in (2, 3):
        claim = apply(claims.claim(claim.run.id))
        assert claim.run.attempt == attempt
        apply(runs.reap(claim.run))
    assert Run.objects.get().state == "interrupted"


def test_a_released_run_loses_no_attempt(session):
    claim = claimed(session)
    apply(claims.release(claim, "The server is restarting"))
    run = Run.objects.get()
    assert (run.state, run.attempt, run.lease) == ("queued", 0, None)


def test_only_the_owner_commands_a_run(session, viewer):
    run = queued(session)
    with pytest.raises(RunNotFound):
        commands.cancel(Viewer(browser=uuid.uuid4()), run.id)
    with pytest.raises(PermissionDenied):
        commands.cancel(Viewer(browser=viewer.browser, scopes=frozenset({"read"})), run.id)
    assert commands.cancel(viewer, str(run.id)).state == "cancelled"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"choice": "a", "text": "b"},
        {"choice": "z"},
        {"choice": ["a"]},
        {"choice": {}},
        {"text": " "},
        {"text": 5},
        {"text": "x" * 501},
        {"text": "a\0b"},
    ],
)
def test_an_answer_must_fit_its_question(session, viewer, answer):
    ask = parked(session)
    with pytest.raises(BadParameter):
        commands.answer(viewer, ask.run_id, ask.id, **answer)
    assert Ask.objects.get().state == "open"


def test_free_text_is_an_answer_only_where_it_is_allowed(session, viewer):
    ask = parked(session, allow_text=False)
    with pytest.raises(BadParameter):
        commands.answer(viewer, ask.run_id, ask.id, text="my own words")
    assert commands.answer(viewer, ask.run_id, ask.id, choice="a").state == "queued"


def test_every_change_of_state_is_one_that_the_table_allows(session):
    """What the log of the runs of this module would show, for a run that sees everything."""
    ask = parked(session)
    apply(runs.answer(ask.id, "a", "The first"))
    claim = apply(claims.claim(ask.run_id))
    apply(claims.release(claim, "x"))
    apply(end(apply(claims.claim(ask.run_id))))
    seen = states(claim.run)
    assert len(seen) == 8
    for before, after in pairwise(seen):
        assert Run.State(after) in Run.TRANSITIONS[Run.State(before)]
