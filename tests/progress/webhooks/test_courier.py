"""The courier: in order, again and again, but not for ever, and one at a time."""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from progress import service
from progress.conf import conf
from progress.models import Delivery, Session, Webhook
from progress.webhooks import actions, ledger, sending
from progress.webhooks.courier import Courier
from tests.progress.webhooks.receiver import Answer, Receiver, hang

pytestmark = pytest.mark.stack


def store(session: Session, count: int = 1) -> None:
    for number in range(count):
        service.progress_info_sync(session.id, f"line {number}")
    assert service.drain(10)


def deliver() -> None:
    """What is due now is sent, by a courier of its own."""
    asyncio.run(Courier().round())


def fails(times: int) -> list[Answer]:
    return [500] * times


@pytest.fixture
def courier(session: Session) -> Iterator[Courier]:
    running = Courier()
    running.start()
    thread = running.thread
    assert thread is not None
    yield running
    running.stop()
    thread.join(10)


def wait_until(condition: Callable[[], bool]) -> None:
    """Looks again and again, for things that only the database shows."""
    for _ in range(100):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not happen within 5 s")


def test_an_event_reaches_its_endpoint_by_itself(session, subscribe, receiver, courier):
    subscribe()
    store(session)
    [got] = receiver.wait_for(1)
    assert got.event["message"] == "line 0"
    wait_until(lambda: Delivery.objects.get().state == "delivered")


def test_news_wake_the_courier_at_once(session, subscribe, receiver, courier, configure):
    configure(webhook_poll=60.0)
    subscribe()
    wait_until(lambda: courier.news is not None)
    store(session)
    receiver.wait_for(1)


def test_events_of_a_session_are_first_sent_in_their_order(session, subscribe, receiver):
    subscribe()
    store(session, 50)
    deliver()
    assert [got.event["seq"] for got in receiver.received] == list(range(1, 51))


def test_an_endpoint_gets_one_request_at_a_time(session, subscribe, receiver):
    subscribe()
    store(session, 20)

    async def three_couriers() -> None:
        await asyncio.gather(*(Courier().round() for _ in range(3)))

    asyncio.run(three_couriers())
    deliver()
    assert receiver.most_at_once == 1
    assert [got.event["seq"] for got in receiver.received] == list(range(1, 21))


def test_a_slow_endpoint_does_not_delay_another_one(session, subscribe, receiver, viewer, courier):
    with Receiver(hang) as slow:
        actions.create(viewer, {"url": slow.url})
        subscribe()
        store(session)
        receiver.wait_for(1, 0.8)


def test_a_failed_attempt_is_repeated_with_the_same_id_and_body(session, subscribe, receiver):
    subscribe()
    receiver.answers = fails(2)
    store(session)
    deliver()
    first, second, third = receiver.received
    assert first.message == second.message == third.message
    assert first.body == second.body == third.body
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("delivered", 3)
    assert [line["status_code"] for line in delivery.log] == [500, 500, 204]
    assert delivery.log[0]["error"] == "answered 500"


def test_a_delivery_that_was_cut_off_is_repeated(session, subscribe, receiver):
    """A courier that dies after the request and before the note: at least once, with one id."""
    webhook = subscribe()
    store(session)
    taken = ledger.claim(webhook.id)
    assert taken is not None and ledger.claim(webhook.id) is None
    deliver()
    assert not receiver.received  # the dead one still has the lease
    Webhook.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    deliver()
    assert len(receiver.received) == 1


def test_a_courier_whose_lease_ran_out_sends_no_more(session, subscribe, receiver):
    webhook = subscribe()
    late = ledger.claim(webhook.id)
    Webhook.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert ledger.claim(webhook.id) is not None
    assert late is not None and ledger.renew(late) is None


def test_a_courier_whose_lease_ran_out_changes_nothing_of_the_endpoint(session, subscribe):
    webhook = subscribe()
    store(session, 2)
    late = ledger.claim(webhook.id)
    Webhook.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1), failures=5)
    taken = ledger.claim(webhook.id)
    assert late is not None and taken is not None
    for delivery, status in zip(Delivery.objects.order_by("id"), (500, 204), strict=True):
        ledger.record(late, delivery, sending.Attempt(status, "", 1.0))
    ledger.release(late)
    webhook.refresh_from_db()
    assert (webhook.lease, webhook.failures) == (taken.lease, 5)


def test_a_lease_outlasts_the_longest_attempt(subscribe):
    def outlasts() -> bool:
        end = timezone.now() + dt.timedelta(seconds=conf().webhook_timeout)
        return Webhook.objects.filter(lease_until__gt=end).exists()

    taken = ledger.claim(subscribe().id)
    assert taken is not None and outlasts()
    Webhook.objects.update(lease_until=timezone.now())
    assert ledger.renew(taken) is not None and outlasts()


def test_an_attempt_that_was_under_way_does_not_revive_what_was_given_up(session, subscribe):
    webhook = subscribe()
    store(session)
    delivery = Delivery.objects.get()
    ledger.disable(webhook.id, "meanwhile")
    ledger.record(webhook, delivery, sending.Attempt(None, "late", 1.0))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("failed", "disabled: meanwhile")


def test_pauses_double_are_jittered_and_bounded(configure):
    configure(webhook_pause=5.0, webhook_longest_pause=100.0)
    for failed, middle in ((0, 5), (1, 10), (2, 20), (3, 40), (10, 100)):
        pauses = [ledger.pause(failed) for _ in range(200)]
        assert middle * 0.5 <= min(pauses) < middle * 0.75
        assert middle * 1.25 < max(pauses) <= middle * 1.5
    assert ledger.pause(0, asked=60) == 60
    assert ledger.pause(0, asked=10_000) == 100


def test_a_pause_is_kept(session, subscribe, receiver, configure):
    configure(webhook_pause=60.0)
    subscribe()
    receiver.answers = fails(1)
    store(session)
    deliver()
    deliver()
    assert len(receiver.received) == 1
    assert 29 < (Delivery.objects.get().next_at - timezone.now()).total_seconds() < 91


def test_a_failed_delivery_does_not_hold_up_the_next_one(session, subscribe, receiver, configure):
    configure(webhook_pause=60.0)
    subscribe()
    receiver.answers = fails(1)
    store(session, 3)
    deliver()
    assert [got.event["seq"] for got in receiver.received] == [1, 2, 3]
    assert list(Delivery.objects.order_by("id").values_list("state", flat=True)) == [
        "pending", "delivered", "delivered"]  # fmt: skip


def test_attempts_end(session, subscribe, receiver, configure):
    configure(webhook_attempts=3)
    subscribe()
    receiver.answers = fails(9)
    store(session)
    deliver()
    assert len(receiver.received) == 3
    assert Delivery.objects.get().state == "failed"


def test_the_default_pauses_last_about_a_day(settings):
    settings.PROGRESS = {}
    conf.cache_clear()
    pauses = [min(5 * 2**n, 14_400) for n in range(conf().webhook_attempts - 1)]
    assert 12 * 3600 < sum(pauses) < 36 * 3600


def test_failures_in_a_row_open_the_circuit(session, subscribe, receiver, configure):
    configure(webhook_circuit=3, webhook_pause=60.0)
    webhook = subscribe()
    receiver.answers = fails(99)
    store(session, 10)
    deliver()
    assert len(receiver.received) == 3
    webhook.refresh_from_db()
    assert webhook.failures == 3 and webhook.open_until > timezone.now()
    assert Delivery.objects.filter(attempts=0).count() == 7  # these lost nothing


def rested() -> None:
    Webhook.objects.update(open_until=timezone.now() - dt.timedelta(seconds=1))


def test_after_its_rest_one_probe_decides(session, subscribe, receiver, configure):
    configure(webhook_circuit=3, webhook_pause=60.0)
    webhook = subscribe()
    receiver.answers = fails(4)
    store(session, 10)
    deliver()
    rested()
    deliver()
    assert len(receiver.received) == 4  # the probe failed, and the circuit rests twice as long
    webhook.refresh_from_db()
    assert 40 < (webhook.open_until - timezone.now()).total_seconds() < 80
    rested()
    deliver()
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since, webhook.open_until) == (0, None, None)
    assert Delivery.objects.filter(state="delivered").count() == 6


def test_an_endpoint_that_is_gone_is_disabled(session, subscribe, receiver):
    webhook = subscribe()
    receiver.answers = [410]
    store(session, 3)
    deliver()
    webhook.refresh_from_db()
    assert (webhook.active, webhook.disabled_reason) == (False, ledger.GONE)
    assert len(receiver.received) == 1
    assert not Delivery.objects.filter(state="pending").exists()


def test_an_endpoint_that_only_failed_for_days_is_disabled(session, subscribe, receiver):
    webhook = subscribe()
    Webhook.objects.update(failing_since=timezone.now() - dt.timedelta(days=6), failures=50)
    receiver.answers = fails(1)
    store(session)
    deliver()
    webhook.refresh_from_db()
    assert not webhook.active and webhook.disabled_reason.startswith("it only failed since")


def test_the_days_of_failing_are_counted_from_the_first_failure(
    session, subscribe, receiver, configure
):
    configure(webhook_pause=60.0)
    webhook = subscribe()
    yesterday = timezone.now() - dt.timedelta(days=1)
    Webhook.objects.update(failing_since=yesterday, failures=1)
    receiver.answers = fails(1)
    store(session)
    deliver()
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since) == (2, yesterday)


def test_the_old_secret_signs_along_until_its_time_is_over(session, subscribe, receiver, viewer):
    webhook = subscribe()
    actions.rotate(viewer, webhook.id)
    store(session)
    deliver()
    Webhook.objects.update(old_secret_until=timezone.now())
    store(session)
    deliver()
    counts = [len(got.headers["webhook-signature"].split()) for got in receiver.received]
    assert counts == [2, 1]


def test_a_delivery_can_be_sent_again(session, subscribe, receiver, viewer):
    webhook = subscribe()
    store(session)
    deliver()
    message = Delivery.objects.get().message
    actions.redeliver(viewer, webhook.id, message)
    deliver()
    first, second = receiver.received
    assert (first.message, first.body) == (second.message, second.body) == (
        str(message), first.body)  # fmt: skip
    assert len(Delivery.objects.get().log) == 2


def test_a_private_address_is_never_called_whatever_was_stored(
    session, subscribe, receiver, configure
):
    subscribe()
    configure(webhook_allowed_hosts=("localhost",), webhook_attempts=1)
    store(session)
    deliver()
    assert not receiver.received
    delivery = Delivery.objects.get()
    assert delivery.state == "failed" and "only https is called" in delivery.error


def test_the_command_sends_what_is_due(session, subscribe, receiver, capsys):
    subscribe()
    store(session, 2)
    call_command("deliver_webhooks", "--once")
    assert len(receiver.received) == 2
    assert "0 deliveries wait" in capsys.readouterr().out


def test_the_courier_survives_a_database_that_does_not_answer(session, subscribe, receiver, caplog):
    subscribe()
    store(session)
    rename = "ALTER TABLE {} RENAME TO {}".format
    with connection.cursor() as cursor:
        cursor.execute(rename("progress_webhook", "progress_away"))
    running = Courier()
    running.start()
    wait_until(lambda: "the outbox cannot be read now" in caplog.text)
    with connection.cursor() as cursor:
        cursor.execute(rename("progress_away", "progress_webhook"))
    receiver.wait_for(1)
    running.stop()


def test_a_courier_that_starts_again_at_once_is_one_courier(transactional_db):
    running, others = Courier(), set(threading.enumerate())
    for _ in range(3):
        running.start()
        running.stop()
    running.start()
    [own] = [t for t in set(threading.enumerate()) - others if t.name == "progress-courier"]
    assert own is running.thread
    running.stop()
    own.join(10)
