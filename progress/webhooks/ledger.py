"""What is due, who sends it, and what came of it: the courier's side of the outbox.

Every step is one conditional update on the lease of the endpoint, so any number of couriers may
try; the one whose lease ran out changes nothing any more.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from progress.conf import conf
from progress.models import Delivery, Webhook
from progress.webhooks.sending import Attempt

AT_ONCE = 20  # deliveries read at a time
GONE = "the endpoint answered 410 Gone"


def due() -> list[uuid.UUID]:
    """Endpoints for which something is to be sent now and nobody is at it."""
    now = timezone.now()
    waiting = Delivery.objects.filter(
        webhook=OuterRef("pk"), state=Delivery.State.PENDING, next_at__lte=now
    )
    return list(
        Webhook.objects.filter(free(now), closed(now), Exists(waiting), active=True).values_list(
            "id", flat=True
        )
    )


def free(now: dt.datetime) -> Q:
    return Q(lease=None) | Q(lease_until__lt=now)


def closed(now: dt.datetime) -> Q:
    """The circuit lets something through: all, or one probe after its rest."""
    return Q(open_until=None) | Q(open_until__lte=now)


def claim(webhook_id: uuid.UUID) -> Webhook | None:
    """Become the one who sends to this endpoint; None if somebody else is faster."""
    now, lease = timezone.now(), uuid.uuid4()
    taken = Webhook.objects.filter(free(now), id=webhook_id, active=True).update(
        lease=lease, lease_until=now + hold()
    )
    return Webhook.objects.filter(id=webhook_id, lease=lease).first() if taken else None


def hold() -> dt.timedelta:
    """Longer than an attempt can take, as long as clocks are less than 15 s apart; where they are
    not, two couriers may send the same, with the same id."""
    return dt.timedelta(seconds=conf().webhook_timeout + 15)


def next_batch(webhook: Webhook) -> list[Delivery]:
    """What is due, in the order in which it happened; one delivery only as a probe."""
    found = Delivery.objects.filter(
        webhook=webhook, state=Delivery.State.PENDING, next_at__lte=timezone.now()
    )
    return list(found.order_by("id")[: 1 if webhook.open_until else AT_ONCE])


def renew(webhook: Webhook) -> Webhook | None:
    """The endpoint as it is now, still ours for one more attempt; None if it is not."""
    now = timezone.now()
    ours = Webhook.objects.filter(closed(now), id=webhook.id, lease=webhook.lease, active=True)
    return ours.first() if ours.update(lease_until=now + hold()) else None


def secrets(webhook: Webhook) -> list[str]:
    """The secret, and for a day the one that it replaced."""
    still = webhook.old_secret_until is not None and webhook.old_secret_until > timezone.now()
    return [webhook.secret, webhook.old_secret] if still else [webhook.secret]


def record(webhook: Webhook, delivery: Delivery, attempt: Attempt) -> None:
    """Store what came of an attempt, on the delivery and on the endpoint's circuit."""
    with transaction.atomic():
        Delivery.objects.filter(id=delivery.id, state=Delivery.State.PENDING).update(
            attempts=F("attempts") + 1,
            status_code=attempt.status_code,
            error=attempt.error,
            log=[*delivery.log, entry(attempt)],
            **outcome(delivery, attempt),
        )
        ours = Webhook.objects.filter(id=webhook.id, lease=webhook.lease)
        if attempt.succeeded:
            ours.filter(failures__gt=0).update(failures=0, failing_since=None, open_until=None)
        else:
            count_failure(webhook, attempt)


def entry(attempt: Attempt) -> dict[str, Any]:
    at = timezone.now().isoformat().replace("+00:00", "Z")
    return {"at": at, "status_code": attempt.status_code, "error": attempt.error,
            "ms": round(attempt.ms, 1)}  # fmt: skip


def outcome(delivery: Delivery, attempt: Attempt) -> dict[str, Any]:
    """Delivered, given up, or due again."""
    if attempt.succeeded:
        return {"state": Delivery.State.DELIVERED, "delivered_at": timezone.now()}
    if delivery.attempts + 1 >= conf().webhook_attempts or attempt.is_gone:
        return {"state": Delivery.State.FAILED}
    seconds = pause(delivery.attempts, attempt.retry_after)
    return {"next_at": timezone.now() + dt.timedelta(seconds=seconds)}


def pause(failed_before: int, asked: float = 0.0) -> float:
    """Seconds until the next attempt: doubling, jittered by half, at least what was asked for."""
    longest = conf().webhook_longest_pause
    base = min(conf().webhook_pause * 2**failed_before, longest)
    return max(base * random.uniform(0.5, 1.5), min(asked, longest))


def count_failure(webhook: Webhook, attempt: Attempt) -> None:
    """Open the circuit after some failures in a row; give up an endpoint that only fails."""
    now = timezone.now()
    failures = webhook.failures + 1
    Webhook.objects.filter(id=webhook.id, lease=webhook.lease).update(
        failures=F("failures") + 1,
        failing_since=Case(When(failing_since=None, then=Value(now)), default=F("failing_since")),
        open_until=rest(failures, now),
    )
    since = webhook.failing_since
    if attempt.is_gone:
        disable(webhook.id, GONE)
    elif since and (now - since).total_seconds() > conf().webhook_gives_up:
        disable(webhook.id, f"it only failed since {since:%Y-%m-%d %H:%M} UTC")


def rest(failures: int, now: dt.datetime) -> dt.datetime | None:
    beyond = failures - conf().webhook_circuit
    if beyond < 0:
        return None
    longest = conf().webhook_longest_pause
    seconds = min(conf().webhook_rest * 2 ** min(beyond, 20), longest) * random.uniform(0.75, 1.25)
    return now + dt.timedelta(seconds=seconds)


def disable(webhook_id: uuid.UUID, why: str) -> None:
    """Nothing more is sent until its owner switches it on again; what waits has failed."""
    Webhook.objects.filter(id=webhook_id).update(active=False, disabled_reason=why)
    Delivery.objects.filter(webhook_id=webhook_id, state=Delivery.State.PENDING).update(
        state=Delivery.State.FAILED, error=f"disabled: {why}"
    )


def release(webhook: Webhook) -> None:
    Webhook.objects.filter(id=webhook.id, lease=webhook.lease).update(lease=None, lease_until=None)
