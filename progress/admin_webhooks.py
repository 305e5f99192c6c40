"""Webhooks and deliveries in the admin: to look at, switch off and send again, not to edit."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from .admin_history import History, OneOf, confirmed
from .events import KINDS
from .models import Delivery, Webhook
from .webhooks import ledger, outbox


@admin.register(Webhook)
class WebhookAdmin(History):
    list_display = ("id", "url", "owner", "active", "failures", "open_until", "created_at")
    list_filter = ("active",)
    search_fields = ("id", "url", "description")
    list_select_related = ("user",)
    exclude = ("secret", "old_secret", "lease", "lease_until")
    actions = ("switch_off",)

    @admin.display(description="owner")
    def owner(self, webhook: Webhook) -> str:
        return str(webhook.user or webhook.browser or "")

    @admin.action(description="Switch off", permissions=["operate"])
    @confirmed("Switch these webhooks off? What waits to be sent fails.")
    def switch_off(self, request: HttpRequest, chosen: QuerySet[Webhook]) -> None:
        for webhook in chosen:
            ledger.disable(webhook.id, "switched off by the operator")
        self.message_user(request, f"Webhooks switched off: {len(chosen)}")


@admin.register(Delivery)
class DeliveryAdmin(History):
    list_display = ("message", "webhook", "session_id", "seq", "kind", "state", "attempts",
                    "status_code", "error", "created_at")  # fmt: skip
    list_filter = (OneOf.of("state", tuple(Delivery.State.values)), OneOf.of("kind", KINDS))
    list_select_related: ClassVar = ("webhook",)
    search_fields = ids = ("message", "session_id")
    ordering = ("-id",)
    actions = ("send_again",)

    @admin.action(description="Send again", permissions=["operate"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        again = chosen.filter(webhook__active=True).update(
            state=Delivery.State.PENDING, attempts=0, next_at=timezone.now()
        )
        outbox.tell()
        self.message_user(request, f"Deliveries sent again: {again}; webhooks that are "
                          "switched off get none")  # fmt: skip
