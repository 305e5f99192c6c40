"""What the reaper sends to the workers again, and what it remembers."""

from __future__ import annotations

import datetime as dt
import queue
import uuid
from collections.abc import Iterator

import pytest
from django.utils import timezone

from progress import claims, runs
from progress.emit import changed
from progress.models import Ask, Run, Session
from progress.reaper import Reaper
from tests.dispatch import toys

pytestmark = pytest.mark.stack


@pytest.fixture
def sent() -> Iterator[queue.Queue]:
    """What the workers were sent: "ID began", "ID ended"."""
    while not toys.seen.empty():
        toys.seen.get_nowait()
    toys.gate.set()
    yield toys.seen
    toys.gate.clear()


def queued(session: Session) -> Run:
    return changed(runs.create(Run(session=session, task="tests.dispatch.toys.wait_at_gate")))


def parked(session: Session) -> Ask:
    claim = changed(claims.claim(changed(runs.create(Run(session=session))).id))
    ask = Ask(run=claim.run, key="which", expires_at=timezone.now() - dt.timedelta(hours=1))
    changed(claims.park(claim, ask, 0))
    return ask


def began(sent: queue.Queue) -> uuid.UUID:
    """The run that was sent next."""
    id, what = sent.get(timeout=20).split()
    assert what == "began" and sent.get(timeout=20) == f"{id} ended"
    return uuid.UUID(id)


def test_a_run_whose_worker_died_is_sent_to_another_one(session, sent, configure):
    configure(lease=0.0)
    run = queued(session)
    changed(claims.claim(run.id))
    reaper = Reaper()
    reaper.look()
    reaper.look()
    assert began(sent) == run.id and Run.objects.get().state == "queued"


def test_a_queued_run_is_sent_again_after_each_lease_and_not_at_every_look(
    session, sent, configure
):
    configure(lease=0.0)
    run, reaper = queued(session), Reaper()
    for _ in range(3):  # the first sees it, the second sends it, the third sees it anew
        reaper.look()
    assert began(sent) == run.id and sent.empty()
    reaper.look()
    assert began(sent) == run.id


def test_runs_that_are_over_are_not_remembered(session):
    run, reaper = queued(session), Reaper()
    reaper.look()
    assert run.id in reaper.seen
    changed(runs.cancel(run.id))
    reaper.look()
    assert not reaper.seen


def test_a_question_that_is_settled_at_that_moment_does_not_keep_others_from_expiring(
    session, monkeypatch
):
    asks, expire = [parked(session), parked(session)], runs.expire
    overtaken: list[uuid.UUID] = []

    def late(ask_id):
        if not overtaken:
            overtaken.append(ask_id)
            changed(runs.answer(ask_id, "a", "The first"))
        return expire(ask_id)

    monkeypatch.setattr(runs, "expire", late)
    Reaper().look()
    states = {ask.id: ask.state for ask in Ask.objects.all()}
    assert {states.pop(overtaken[0]), *states.values()} == {"answered", "expired"}
    assert len(asks) == 2
