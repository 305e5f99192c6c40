"""What an owner may do with webhooks: create, change, rotate, delete, look at, send again."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from progress.access import Viewer, visible_session
from progress.conf import conf
from progress.errors import BadParameter, Conflict, ProgressError
from progress.events import KINDS, LEVELS, session_of
from progress.models import Delivery, Webhook
from progress.webhooks import outbox
from progress.webhooks.addresses import checked_url
from progress.webhooks.models import new_secret

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
WRITE = "admin"  # a webhook outlives the token that made it, so an ordinary token must not


class WebhookNotFound(ProgressError):
    """There is no such webhook."""

    code = "webhook_not_found"
    status = 404


class DeliveryNotFound(ProgressError):
    """There is no such delivery."""

    code = "delivery_not_found"
    status = 404


def webhooks(viewer: Viewer) -> QuerySet[Webhook]:
    """The viewer's own, oldest first."""
    viewer.require("read")
    return Webhook.objects.visible_to(viewer).order_by("created_at", "id")


def find(viewer: Viewer, webhook_id: uuid.UUID) -> Webhook:
    found = webhooks(viewer).filter(id=webhook_id).first()
    if found is None:
        raise WebhookNotFound
    return found


def create(viewer: Viewer, fields: Mapping[str, Any]) -> Webhook:
    """Subscribe an endpoint. Raises BadParameter, or Conflict when the viewer has too many."""
    viewer.require(WRITE)
    if "url" not in fields:
        raise BadParameter("url", "this field is required")
    values = checked(viewer, fields)
    with transaction.atomic():
        take_turns(viewer)
        made = Webhook.objects.create(user_id=viewer.user_id, browser=viewer.browser, **values)
        if webhooks(viewer).count() > conf().webhooks_per_owner:
            raise Conflict(f"{conf().webhooks_per_owner} webhooks are the limit; delete one first")
    outbox.demand.forget()
    return made


def take_turns(viewer: Viewer) -> None:
    """Until the commit no other request of this owner comes past here: each counts what the one
    before has created. SQLite lets one transaction write at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            name = f"progress.webhooks {viewer.key}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def change(viewer: Viewer, webhook_id: uuid.UUID, fields: Mapping[str, Any]) -> Webhook:
    """Change some fields. Switching it on again begins with a closed circuit."""
    viewer.require(WRITE)
    found = find(viewer, webhook_id)
    values = checked(viewer, fields)
    if values.get("active"):
        values |= {"disabled_reason": "", "failures": 0, "failing_since": None, "open_until": None}
    Webhook.objects.filter(id=found.id).update(**values)
    outbox.demand.forget()
    return find(viewer, webhook_id)


def delete(viewer: Viewer, webhook_id: uuid.UUID) -> None:
    """With its deliveries; what waits is not sent any more."""
    viewer.require(WRITE)
    find(viewer, webhook_id).delete()


def rotate(viewer: Viewer, webhook_id: uuid.UUID) -> Webhook:
    """A new secret; the old one signs along for a day, so that receivers can change over."""
    viewer.require(WRITE)
    found = find(viewer, webhook_id)
    until = timezone.now() + dt.timedelta(seconds=conf().webhook_old_secret)
    found.old_secret, found.secret, found.old_secret_until = found.secret, new_secret(), until
    found.save(update_fields=["secret", "old_secret", "old_secret_until"])
    return found


def deliveries(viewer: Viewer, webhook_id: uuid.UUID) -> QuerySet[Delivery]:
    """Newest first."""
    return find(viewer, webhook_id).deliveries.order_by("-id")


def find_delivery(viewer: Viewer, webhook_id: uuid.UUID, message: uuid.UUID) -> Delivery:
    found = deliveries(viewer, webhook_id).filter(message=message).first()
    if found is None:
        raise DeliveryNotFound
    return found


def redeliver(viewer: Viewer, webhook_id: uuid.UUID, message: uuid.UUID) -> Delivery:
    """Send it now, again if it was delivered: the same id and body, all attempts anew."""
    viewer.require(WRITE)
    delivery = find_delivery(viewer, webhook_id, message)
    if not delivery.webhook.active:
        raise Conflict("this webhook is switched off; switch it on first")
    delivery.state, delivery.attempts = Delivery.State.PENDING, 0
    delivery.next_at = timezone.now()
    delivery.save(update_fields=["state", "attempts", "next_at"])
    outbox.tell()
    return delivery


def checked(viewer: Viewer, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values to store. Raises BadParameter for the first field that does not fit."""
    unknown = sorted(set(fields) - set(CHECKS))
    if unknown:
        raise BadParameter(unknown[0][:50], f"unknown; there are {', '.join(CHECKS)}")
    values = {name: CHECKS[name](name, value) for name, value in fields.items()}
    if values.get("session") is not None:
        values["session"] = visible_session(viewer, values["session"])
    return values


def address(name: str, value: Any) -> str:
    return str(checked_url(value))


def short_text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > 200 or CONTROL.search(value):
        raise BadParameter(name, "one line of at most 200 characters is wanted")
    return value


def session_id(name: str, value: Any) -> uuid.UUID | None:
    if value is not None and not isinstance(value, str):
        raise BadParameter(name, "the id of a session or null is wanted")
    return None if value is None else session_of(value)


def truth(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadParameter(name, "true or false is wanted")
    return value


def some_of(allowed: tuple[str, ...], name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or any(item not in allowed for item in value):
        raise BadParameter(name, f"a list with any of {', '.join(allowed)} is wanted")
    return sorted(set(value))


CHECKS: dict[str, Any] = {
    "url": address,
    "description": short_text,
    "session": session_id,
    "kinds": lambda name, value: some_of(KINDS, name, value),
    "levels": lambda name, value: some_of(LEVELS, name, value),
    "final_only": truth,
    "active": truth,
}
