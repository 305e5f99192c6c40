"""The heart of a process: whose runs are whose, however long it stood still."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError

from progress import claims, runs
from progress.batch import Item
from progress.beats import Heart
from progress.claims import Claim
from progress.emit import changed
from progress.events import draft
from progress.models import Run
from progress.writer import writer

pytestmark = pytest.mark.stack


@pytest.fixture
def heart(session, monkeypatch) -> Heart:
    """One that beats only when a test says so."""
    found = Heart()
    found.thread = threading.current_thread()
    monkeypatch.setattr(writer(), "guard", None)
    return found


@pytest.fixture
def beating(session, monkeypatch) -> Iterator[Heart]:
    """One that beats by itself, until it has nothing to watch."""
    found = Heart()
    monkeypatch.setattr(writer(), "guard", None)
    yield found
    for claim, *_ in list(found.claims.values()):
        found.unwatch(claim)


def claimed(session) -> Claim:
    return changed(claims.claim(changed(runs.create(Run(session=session))).id))


def nothing() -> None: ...


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_who_stood_still_for_a_lease_asks_whose_its_runs_are_before_it_stores_more(
    heart, session, configure
):
    claim = claimed(session)
    heart.watch(claim, nothing, nothing)
    batch: list[Item] = [draft(session.id, "x", run=claim.run.id)]
    assert writer().guard is heart and heart.ours(batch) == batch
    heart.beaten -= 3600
    with pytest.raises(OperationalError):
        heart.ours(batch)
    heart._beat(time.monotonic())
    assert heart.ours(batch) == batch


def test_a_beat_counts_from_when_it_began(heart, session):
    claim = claimed(session)
    heart.watch(claim, nothing, nothing)
    began = time.monotonic() - 5
    heart._beat(began)
    assert heart.beaten == began and Run.objects.get().beats == claim.run.beats + 1


def test_a_new_run_does_not_make_sure_of_the_old_ones(heart, session):
    old, new = claimed(session), claimed(session)
    heart.watch(old, nothing, nothing)
    heart.watch(new, nothing, nothing)
    assert heart.beaten == old.taken < new.taken


def test_what_was_taken_away_is_heard_after_the_beat_and_a_run_that_came_then_waits_for_the_next(
    heart, session
):
    cancelled, late, beats = claimed(session), claimed(session), []
    changed(runs.cancel(cancelled.run.id))

    def on_cancel() -> None:
        beats.append(Run.objects.get(id=cancelled.run.id).beats)
        heart.watch(late, nothing, nothing)

    heart.watch(cancelled, on_cancel, nothing)
    before = heart.beaten
    heart._beat(time.monotonic())
    assert beats == [cancelled.run.beats + 1] and heart.beaten == before


def test_a_run_that_was_taken_away_is_lost_until_it_comes_back(heart, session):
    claim, told = claimed(session), []
    heart.watch(claim, nothing, lambda: told.append("lost"))
    Run.objects.update(lease=uuid.uuid4())
    heart._listen()
    assert told == ["lost"] and heart.lost == {claim.run.id} and not heart.claims
    heart.unwatch(claim, lost=True)
    heart.watch(claim, nothing, nothing)
    assert not heart.lost


def test_a_run_that_ended_by_itself_is_not_lost(heart, session):
    claim = claimed(session)
    heart.watch(claim, nothing, nothing)
    heart.lost.add(claim.run.id)  # the heart cannot tell the two apart
    heart.unwatch(claim)
    assert not heart.lost


def test_who_stood_still_beats_at_once(beating, session, configure):
    configure(beat=3600.0)
    beating.watch(claimed(session), nothing, nothing)
    beating.beaten -= 3600
    wait_for(lambda: beating.is_sure)
    assert Run.objects.get().beats == 2


def test_a_heart_survives_a_database_that_does_not_answer(beating, session, configure, monkeypatch):
    configure(beat=0.1)
    signals, failures = claims.signals, iter([OperationalError("gone")] * 3)

    def unsteady(watched):
        error = next(failures, None)
        if error is not None:
            raise error
        return signals(watched)

    monkeypatch.setattr(claims, "signals", unsteady)
    claim, cancelled = claimed(session), threading.Event()
    changed(runs.cancel(claim.run.id))
    beating.watch(claim, cancelled.set, nothing)
    assert cancelled.wait(30)
    assert next(failures, None) is None
