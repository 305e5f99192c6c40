"""Webhooks and deliveries in the admin: to look at, switch off and send again, not to edit."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from progress.models import Delivery, Webhook
from progress.webhooks import ledger, outbox

MOST = 100_000


class BoundedPaginator(Paginator):
    """Counts up to a bound: COUNT(*) over millions of deliveries would take seconds."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # as ModelAdmin gives it
        return rows.order_by()[:MOST].count()


class History(admin.ModelAdmin):
    """Read-only; staff sees what happened and does not rewrite it."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Webhook)
class WebhookAdmin(History):
    list_display = ("id", "url", "owner", "active", "failures", "open_until", "created_at")
    list_filter = ("active",)
    search_fields = ("id", "url", "description")
    exclude = ("secret", "old_secret", "lease", "lease_until")
    actions = ("switch_off",)

    @admin.display(description="owner")
    def owner(self, webhook: Webhook) -> str:
        return str(webhook.user or webhook.browser or "")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        return super().get_queryset(request).select_related("user")

    @admin.action(description="Switch off", permissions=["delete"])
    def switch_off(self, request: HttpRequest, chosen: QuerySet[Webhook]) -> None:
        for webhook in chosen:
            ledger.disable(webhook.id, "switched off by the operator")


@admin.register(Delivery)
class DeliveryAdmin(History):
    list_display = ("message", "webhook", "session_id", "seq", "kind", "state", "attempts",
                    "status_code", "error", "created_at")  # fmt: skip
    list_filter = ("state", "kind")
    list_select_related: ClassVar = ("webhook",)
    search_fields = ("=message", "=session__id")
    ordering = ("-id",)
    actions = ("send_again",)

    @admin.action(description="Send again", permissions=["delete"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        chosen.filter(webhook__active=True).update(
            state=Delivery.State.PENDING, attempts=0, next_at=timezone.now()
        )
        outbox.tell()
