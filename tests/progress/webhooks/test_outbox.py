"""Events enter the outbox with their transaction, for those who asked for them."""

import datetime as dt
import json
import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from progress import log, service
from progress.access import Viewer
from progress.events import draft
from progress.models import Delivery, Event, Session, Webhook
from progress.runs import state_event
from progress.webhooks import actions, outbox

pytestmark = pytest.mark.stack


def store(session: Session, *messages: str, **fields) -> None:
    for message in messages:
        service.progress_info_sync(session.id, message, **fields)
    assert service.drain(10)


def test_an_event_and_its_delivery_are_stored_together(session, subscribe):
    subscribe()
    store(session, "one", "two")
    assert list(Delivery.objects.order_by("id").values_list("seq", flat=True)) == [1, 2]


def test_a_transaction_that_fails_takes_the_delivery_back_with_the_event(session, subscribe):
    subscribe()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        stored, _ = log.append([draft(session.id, "never")])
        outbox.enter(stored)
        assert Delivery.objects.count() == Event.objects.count() == 1
        _ = 1 / 0
    assert not Delivery.objects.exists() and not Event.objects.exists()


def test_couriers_are_told_after_the_commit(session, subscribe):
    subscribe()
    uncommitted = []

    def listen() -> None:
        uncommitted.append(connection.in_atomic_block)

    outbox.listeners.add(listen)
    try:
        store(session, "one")
    finally:
        outbox.listeners.discard(listen)
    assert uncommitted == [False]


def test_the_payload_is_the_event_as_on_every_other_door(session, subscribe):
    subscribe()
    store(session, "one", data={"rows": 3}, step=1, total_steps=2)
    payload = json.loads(Delivery.objects.get().payload)
    [event] = service.page(session.id)["events"]
    assert payload == {
        "type": "progress.log",
        "timestamp": event["created_at"],
        "data": event,
    }


def test_without_webhooks_a_batch_costs_no_query(session):
    store(session, "the first one looks")
    outbox.demand.look()
    batch = [log.Stored(session.id, 2, [b"never parsed"])]
    with CaptureQueriesContext(connection) as queries:
        for _ in range(100):
            outbox.enter(batch)
    assert len(queries) <= 1  # the look of once a second, if it was just due


def test_with_webhooks_of_others_a_batch_costs_two_queries(session, subscribe, receiver):
    actions.create(Viewer(browser=uuid.uuid4()), {"url": receiver.url})
    assert outbox.demand.look()
    batch = [log.Stored(session.id, 1, [b"never parsed"])] * 3
    with CaptureQueriesContext(connection) as queries:
        outbox.enter(batch)
    assert len(queries) <= 3


def test_only_the_owner_of_a_session_gets_its_events(session, subscribe, receiver):
    subscribe()
    other = Viewer(browser=uuid.uuid4())
    actions.create(other, {"url": receiver.url})
    store(service.create_session(other), "theirs")
    store(session, "ours")
    rows = Delivery.objects.select_related("webhook")
    assert {(row.session_id == session.id, row.webhook.browser == other.browser) for row in rows} \
        == {(True, False), (False, True)}  # fmt: skip


def test_a_session_of_a_user_is_not_its_browsers_any_more(
    session, subscribe, viewer, django_user_model
):
    subscribe()
    user = django_user_model.objects.create_user("ada")
    Session.objects.filter(id=session.id).update(user=user)
    store(session, "private")
    assert not Delivery.objects.exists()


def test_a_user_gets_the_events_of_a_session_that_was_their_browsers(
    session, receiver, django_user_model
):
    user = django_user_model.objects.create_user("ada")
    actions.create(Viewer(user_id=user.pk), {"url": receiver.url})
    Session.objects.filter(id=session.id).update(user=user)
    store(session, "mine now")
    assert Delivery.objects.count() == 1


def test_a_webhook_that_is_created_during_the_look_is_not_overlooked(session, viewer, receiver):
    """The look reads the state before, the change comes, and only then the look is noted."""

    def created_meanwhile(execute, *arguments):
        found = execute(*arguments)
        outbox.demand.forget()
        return found

    with connection.execute_wrapper(created_meanwhile):
        assert not outbox.demand.look()
    Webhook.objects.create(browser=viewer.browser, url=receiver.url)
    assert outbox.demand.look()


def test_kinds_choose_what_is_sent(session, subscribe):
    subscribe(kinds=["step", "progress"])
    with service.start_run(session.id, "Work", total_steps=1) as run, run.step(1, "Read"):
        run.info("not this")
        run.progress(0.5)
    kinds = Delivery.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["step", "progress", "step"]


def test_levels_choose_what_is_sent(session, subscribe):
    subscribe(levels=["warning", "error"])
    service.progress_info_sync(session.id, "fine")
    service.progress_warning_sync(session.id, "hm")
    service.progress_error_sync(session.id, "oh")
    service.drain(10)
    assert Delivery.objects.count() == 2


def test_final_states_alone_may_be_sent(session, subscribe):
    subscribe(final_only=True)
    with service.start_run(session.id, "Work"):
        pass
    [delivery] = Delivery.objects.all()
    assert json.loads(delivery.payload)["data"]["data"]["state"] == "succeeded"


@pytest.mark.parametrize("state", [str(state) for state in service.Run.FINAL])
def test_every_final_state_counts_as_one(session, subscribe, state):
    subscribe(final_only=True)
    run = service.Run(id=uuid.uuid4(), session=session)
    with transaction.atomic():
        run.save()
        outbox.enter(log.append([state_event(run, state, "over")])[0])
    assert Delivery.objects.count() == 1


def test_one_session_may_be_chosen(session, subscribe, viewer):
    subscribe(session=str(session.id))
    store(service.create_session(viewer), "another one")
    store(session, "this one")
    assert Delivery.objects.get().session_id == session.id


def test_a_webhook_that_is_switched_off_gets_nothing(session, subscribe, viewer):
    silent, heard = subscribe(), subscribe()
    actions.change(viewer, silent.id, {"active": False})
    store(session, "for one")
    assert Delivery.objects.get().webhook == heard


def test_a_webhook_that_is_deleted_this_moment_loses_no_event(session, subscribe):
    """Its row is read, and gone when the delivery is inserted: there is no constraint to break."""
    webhook = subscribe()
    stored, _ = log.append([draft(session.id, "one")])
    Webhook.objects.filter(id=webhook.id).delete()
    with transaction.atomic():
        Delivery.objects.bulk_create(outbox.rows_of(stored[0], [webhook]))
    assert outbox.prune(timezone.now() - dt.timedelta(days=1)) == 1


def test_a_deleted_session_takes_its_deliveries_along(session, subscribe):
    subscribe()
    store(session, "private")
    Session.objects.get(id=session.id).delete()
    assert not Delivery.objects.exists()


def test_old_deliveries_are_forgotten_but_none_that_waits(session, subscribe):
    subscribe()
    store(session, "over", "waiting")
    first, _ = Delivery.objects.order_by("id")
    Delivery.objects.filter(id=first.id).update(state=Delivery.State.DELIVERED)
    Delivery.objects.update(created_at=timezone.now() - dt.timedelta(days=40))
    assert outbox.prune(timezone.now() - dt.timedelta(days=30), at_once=1) == 1
    assert Delivery.objects.get().state == Delivery.State.PENDING
