"""Where events are sent to, and the outbox: one row for each event on its way to an endpoint."""

from __future__ import annotations

import secrets
import uuid
from base64 import b64encode
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from progress.access import Viewer


def new_secret() -> str:
    """A signing key as Standard Webhooks writes it: 32 random bytes."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, viewer: Viewer) -> WebhookQuerySet:
        """The ownership of sessions; a ticket for one session sees none."""
        if getattr(viewer, "only", None):
            return self.none()
        if viewer.user_id is not None:
            return self.filter(user_id=viewer.user_id)
        if viewer.browser is not None:
            return self.filter(user_id=None, browser=viewer.browser)
        return self.none()


class Webhook(models.Model):
    """An endpoint that gets the events of its owner's sessions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    browser = models.UUIDField(null=True, blank=True, editable=False)
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    # What it wants; an empty list wants everything.
    session = models.ForeignKey(
        "progress.Session", models.CASCADE, null=True, blank=True, related_name="+"
    )
    kinds = models.JSONField(default=list, blank=True)
    levels = models.JSONField(default=list, blank=True)
    final_only = models.BooleanField(default=False)
    # Kept in the clear: every delivery is signed with it. Shown once, never in lists or the admin.
    secret = models.CharField(max_length=100, default=new_secret, editable=False)
    old_secret = models.CharField(max_length=100, blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True, editable=False)
    # The circuit: attempts that failed in a row, since when, and when to try again.
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    open_until = models.DateTimeField(null=True, editable=False)
    # Whoever holds the lease sends, so that one endpoint gets its events one after the other.
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        app_label = "progress"
        indexes: ClassVar = [
            models.Index(fields=["user"], name="progress_webhook_user", condition=Q(active=True)),
            models.Index(
                fields=["browser"], name="progress_webhook_browser", condition=Q(active=True)
            ),
        ]

    def __str__(self) -> str:
        return self.description or self.url

    def wants(self, event: dict[str, Any], final_states: tuple[str, ...]) -> bool:
        """Whether an event of one of its owner's sessions is to be sent."""
        if self.session_id is not None and str(self.session_id) != event["session"]:
            return False
        if self.final_only and not (
            event["kind"] == "state" and event["data"]["state"] in final_states
        ):
            return False
        return (not self.kinds or event["kind"] in self.kinds) and (
            not self.levels or event["level"] in self.levels
        )


class Delivery(models.Model):
    """One event on its way to one endpoint: the outbox and, afterwards, the delivery log."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    # Rows of one session are numbered while its row is locked, so ids are in the order of `seq`.
    id = models.BigAutoField(primary_key=True)
    # Without a constraint: a webhook that is deleted this moment must not make the writer's
    # transaction fail. The courier sweeps up what such a race leaves.
    webhook = models.ForeignKey(
        Webhook, models.CASCADE, related_name="deliveries", db_constraint=False, db_index=False
    )
    session = models.ForeignKey("progress.Session", models.CASCADE, related_name="+")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    # The `webhook-id` of every attempt, by which receivers know a repetition.
    message = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payload = models.TextField()
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    status_code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    log = models.JSONField(default=list)  # [{"at", "status_code", "error", "ms"}], one an attempt
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "progress"
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["webhook", "session", "seq"], name="progress_delivery_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["webhook", "-id"], name="progress_delivery_log"),
            models.Index(
                fields=["webhook", "next_at"],
                name="progress_delivery_due",
                condition=Q(state="pending"),
            ),
            models.Index(fields=["created_at"], name="progress_delivery_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq}: {self.state}"
