"""Retention beside writers and readers."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from progress import pruning, service
from progress.models import Delivery, Event, Run, Session, Webhook
from progress.pruning import prune
from progress.stream import Follower, Reset

pytestmark = pytest.mark.stack

NOW = timezone.now()


def aged(session: Session, *days: float) -> None:
    """Events that are so many days old."""
    for age in days:
        service.progress_info_sync(session.id, f"{age} days old")
    assert service.drain(10)
    for event, age in zip(
        session.events.order_by("-seq")[: len(days)], reversed(days), strict=True
    ):
        Event.objects.filter(id=event.id).update(created_at=NOW - dt.timedelta(days=age))


def left(session: Session) -> list[int]:
    return list(session.events.order_by("seq").values_list("seq", flat=True))


def test_old_events_go_and_the_log_begins_with_the_first_that_is_kept(session):
    aged(session, 100, 95, 91, 89, 1)
    assert prune(NOW - dt.timedelta(days=90)) == 3
    session.refresh_from_db()
    assert left(session) == [4, 5] and (session.first_seq, session.last_seq) == (4, 5)


def test_a_log_that_is_old_altogether_becomes_empty_and_its_numbering_goes_on(session):
    aged(session, 100, 95)
    prune(NOW - dt.timedelta(days=90))
    service.progress_info_sync(session.id, "new")
    assert service.drain(10)
    assert left(session) == [3]


def test_an_old_time_behind_a_young_one_leaves_no_hole(session):
    aged(session, 100, 1, 99, 5)
    assert prune(NOW - dt.timedelta(days=90)) == 1
    assert left(session) == [2, 3, 4]


def test_a_log_that_was_cleared_and_still_has_its_rows_does_not_come_back(session):
    aged(session, 100, 5, 1)
    Session.objects.update(first_seq=4)  # as a clearing leaves it that was cut off
    assert prune(NOW - dt.timedelta(days=90)) == 3
    session.refresh_from_db()
    assert (session.first_seq, left(session)) == (4, [])


def test_a_session_with_a_live_run_is_left_alone(session):
    aged(session, 100)
    Run.objects.create(session=session, state=Run.State.RUNNING)
    assert prune(NOW - dt.timedelta(days=90)) == 0


def test_no_transaction_is_larger_than_a_batch(session):
    aged(session, *[100.0] * 25)
    sizes: list[int] = []
    assert prune(NOW - dt.timedelta(days=90), batch=10, tell=sizes.append) == 25
    assert sizes == [10, 10, 5]


def test_writers_go_on_while_it_prunes(session, monkeypatch):
    aged(session, *[100.0] * 300)
    other = service.create_session()
    monkeypatch.setattr(pruning, "PAUSE", 0.02)
    pruner = threading.Thread(target=prune, args=(NOW - dt.timedelta(days=90), 10))
    pruner.start()
    written = 0
    while pruner.is_alive():
        service.progress_info_sync(other.id, "meanwhile")
        assert service.drain(5)
        written += 1
    assert written > 5 and len(left(other)) == written and left(session) == []


async def test_a_reader_behind_the_new_beginning_hears_a_reset(session):
    await service.in_thread(aged, session, 100, 95, 1)
    await service.in_thread(prune, NOW - dt.timedelta(days=90))
    follower = Follower(session.id, 1)
    assert await follower.next() == Reset("cleared", 3, 3)


def test_deliveries_that_are_over_go_with_the_events_and_those_that_wait_stay(session, capsys):
    webhook = Webhook.objects.create(browser=session.browser, url="https://example.org/hook")
    for seq, state in enumerate((Delivery.State.DELIVERED, Delivery.State.PENDING), 1):
        Delivery.objects.create(
            webhook_id=webhook.id, session=session, seq=seq, state=state, next_at=NOW
        )
    Delivery.objects.update(created_at=NOW - dt.timedelta(days=91))
    call_command("prune_progress", "--older-than", "90d")
    assert capsys.readouterr().out == "0 events and 1 webhook deliveries removed\n"
    assert Delivery.objects.get().state == Delivery.State.PENDING


def test_the_command_takes_an_age_and_says_what_it_did(session, capsys):
    aged(session, 100, 1)
    call_command("prune_progress", "--older-than", "90d")
    assert capsys.readouterr().out == "1 events and 0 webhook deliveries removed\n"
    with pytest.raises(CommandError):
        call_command("prune_progress", "--older-than", "soon")
