"""Events enter the outbox in the transaction that stores them: both are there, or neither."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterable, Sequence

import orjson
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from progress.conf import conf
from progress.log import Stored
from progress.models import Delivery, Run, Session, Webhook

FINAL = tuple(str(state) for state in Run.FINAL)

#: Called after each commit that put something into the outbox (from the writer's thread).
listeners: set[Callable[[], None]] = set()


class Demand:
    """Whether anybody has a webhook at all. Looked up once a second at most, so that a writer
    without webhooks pays one indexed query a second, whatever it writes."""

    def __init__(self) -> None:
        self.exists = False
        self.until = 0.0
        self.changes = 0

    def forget(self) -> None:
        """A webhook was created or switched on in this process."""
        self.changes += 1
        self.until = 0.0

    def look(self) -> bool:
        if time.monotonic() >= self.until:
            changes = self.changes
            self.exists = Webhook.objects.filter(active=True).exists()
            if changes == self.changes:  # else what was read may be older than the change
                self.until = time.monotonic() + conf().webhook_notice
        return self.exists


demand = Demand()


def enter(stored: Sequence[Stored]) -> None:
    """Called by the writer inside its transaction, after the events got their numbers."""
    if not demand.look():
        return
    wanted = subscriptions([batch.session for batch in stored])
    rows = [
        row
        for batch in stored
        if batch.session in wanted
        for row in rows_of(batch, wanted[batch.session])
    ]
    if rows:
        Delivery.objects.bulk_create(rows)
        transaction.on_commit(tell)


def subscriptions(sessions: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Webhook]]:
    """The active webhooks of the owners of these sessions."""
    found = Session.objects.filter(id__in=list(sessions))
    owners = {session: (user, browser) for session, user, browser in
              found.values_list("id", "user_id", "browser")}  # fmt: skip
    of_owner: dict[tuple[int | None, uuid.UUID | None], list[Webhook]] = {}
    for webhook in Webhook.objects.filter(owned_by_any(owners.values()), active=True):
        of_owner.setdefault(owner_key(webhook.user_id, webhook.browser), []).append(webhook)
    wanted = {s: of_owner.get(owner_key(*owner), []) for s, owner in owners.items()}
    return {session: webhooks for session, webhooks in wanted.items() if webhooks}


def owned_by_any(owners: Iterable[tuple[int | None, uuid.UUID | None]]) -> Q:
    keys = [owner_key(*owner) for owner in owners]
    users = {user for user, _ in keys if user is not None}
    browsers = {browser for user, browser in keys if user is None and browser is not None}
    return Q(user_id__in=users) | Q(user_id=None, browser__in=browsers)


def owner_key(user: int | None, browser: uuid.UUID | None) -> tuple[int | None, uuid.UUID | None]:
    """A session belongs to its user; to its browser only as long as it has no user."""
    return (user, None) if user is not None else (None, browser)


def rows_of(batch: Stored, webhooks: list[Webhook]) -> Iterable[Delivery]:
    now = timezone.now()
    for seq, text in enumerate(batch.events, batch.first):
        event = orjson.loads(text)
        for webhook in webhooks:
            if webhook.wants(event, FINAL):
                yield Delivery(
                    webhook_id=webhook.id,
                    session_id=batch.session,
                    seq=seq,
                    kind=event["kind"],
                    payload=payload(event["kind"], event["created_at"], text),
                    next_at=now,
                )


def payload(kind: str, created_at: str, event: bytes) -> str:
    """The body as Standard Webhooks shapes it; `data` is the event as on every other door."""
    body = {"type": f"progress.{kind}", "timestamp": created_at, "data": orjson.Fragment(event)}
    return orjson.dumps(body).decode()


def tell() -> None:
    for listener in tuple(listeners):
        listener()


def prune(older_than: dt.datetime, at_once: int = 1_000) -> int:
    """Forget deliveries that are over, and what deleted webhooks left; returns how many."""
    over = Q(created_at__lt=older_than) & ~Q(state=Delivery.State.PENDING)
    orphaned = ~Exists(Webhook.objects.filter(id=OuterRef("webhook_id")))
    found = Delivery.objects.filter(over | orphaned).values_list("id", flat=True)
    removed = 0
    while ids := list(found[:at_once]):
        removed += Delivery.objects.filter(id__in=ids).delete()[0]
    return removed
