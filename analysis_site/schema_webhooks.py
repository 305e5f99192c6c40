"""What the OpenAPI document says about webhooks and their deliveries."""

from typing import Any

from rest_framework import serializers

from analysis.rest.access import OwnedView
from analysis.rest.described import described, query, whole
from analysis.rest.shapes import maybe, shape
from analysis_site.schema_streams import NUMBER
from progress.events import KINDS, LEVELS
from progress.models import Delivery

WISHES = {
    "description": serializers.RegexField(
        r"^[^\x00-\x1f\x7f]*$", max_length=200, allow_blank=True, required=False
    ),
    "session": serializers.UUIDField(
        allow_null=True, required=False, help_text="Only events of this session; null is all"
    ),
    "kinds": serializers.ListField(
        child=serializers.ChoiceField(choices=KINDS), required=False, help_text="Empty is all"
    ),
    "levels": serializers.ListField(
        child=serializers.ChoiceField(choices=LEVELS), required=False, help_text="Empty is all"
    ),
    "final_only": serializers.BooleanField(required=False, help_text="Only events that end a run"),
    "active": serializers.BooleanField(required=False),
}

NewWebhook = shape("NewWebhook", url=serializers.URLField(max_length=2000), **WISHES)
WebhookChange = shape(
    "WebhookChange", url=serializers.URLField(max_length=2000, required=False), **WISHES
)

WEBHOOK = {
    "id": serializers.UUIDField(),
    "url": serializers.URLField(),
    "description": serializers.CharField(allow_blank=True),
    "session": maybe(serializers.UUIDField),
    "kinds": serializers.ListField(child=serializers.ChoiceField(choices=KINDS)),
    "levels": serializers.ListField(child=serializers.ChoiceField(choices=LEVELS)),
    "final_only": serializers.BooleanField(),
    "active": serializers.BooleanField(),
    "disabled_reason": maybe(serializers.CharField),
    "failures": serializers.IntegerField(help_text="In a row"),
    "paused_until": maybe(serializers.DateTimeField),
    "created_at": serializers.DateTimeField(),
    "links": serializers.DictField(child=serializers.CharField()),
}
SECRET = serializers.CharField(help_text="Checks the signatures (Standard Webhooks); shown now")
UNTIL = serializers.DateTimeField(help_text="Until then the old secret signs along")

Webhook = shape("Webhook", **WEBHOOK)
WebhookWithSecret = shape("WebhookWithSecret", **WEBHOOK, secret=SECRET)
RotatedWebhook = shape("RotatedWebhook", **WEBHOOK, secret=SECRET, old_secret_until=UNTIL)
WebhookList = shape("WebhookList", webhooks=Webhook(many=True))

DeliveryShape = shape(
    "Delivery",
    id=serializers.UUIDField(help_text="The webhook-id header, the same in all attempts"),
    session=serializers.UUIDField(),
    seq=serializers.IntegerField(),
    kind=serializers.ChoiceField(choices=KINDS),
    state=serializers.ChoiceField(choices=Delivery.State.choices),
    attempts=serializers.IntegerField(),
    next_at=maybe(serializers.DateTimeField),
    status_code=maybe(serializers.IntegerField),
    error=maybe(serializers.CharField),
    log=serializers.ListField(child=serializers.DictField()),
    created_at=serializers.DateTimeField(),
    delivered_at=maybe(serializers.DateTimeField),
    links=serializers.DictField(child=serializers.CharField()),
)
DeliveryPage = shape(
    "DeliveryPage", deliveries=DeliveryShape(many=True), next=maybe(serializers.URLField)
)
A_WEBHOOK = {"final results": {"url": "https://example.org/hook", "final_only": True}}


class Webhooks(OwnedView):
    @described("List your webhooks", {200: WebhookList}, 405)
    def get(self, request: Any) -> Any: ...

    @described(
        "Subscribe an address to events", {201: WebhookWithSecret}, 404, 405, 409,
        request=NewWebhook, examples=A_WEBHOOK,
    )  # fmt: skip
    def post(self, request: Any) -> Any: ...


class OneWebhook(OwnedView):
    @described("Look at a webhook", {200: Webhook}, 404, 405)
    def get(self, request: Any, webhook: Any) -> Any: ...

    @described("Change a webhook", {200: Webhook}, 404, 405, request=WebhookChange)
    def patch(self, request: Any, webhook: Any) -> Any: ...

    @described("Delete a webhook", {204: None}, 404, 405)
    def delete(self, request: Any, webhook: Any) -> Any: ...


class Rotate(OwnedView):
    @described("Take a new secret", {200: RotatedWebhook}, 404, 405, request=None)
    def post(self, request: Any, webhook: Any) -> Any: ...


class Deliveries(OwnedView):
    @described(
        "What was sent, newest first", {200: DeliveryPage}, 400, 404, 405,
        parameters=(
            query("before", "Only those older than this one; `next` fills it in", NUMBER),
            whole("limit", 1, 500, "At most so many; 50 unless told"),
            query("state", "", {"type": "string", "enum": Delivery.State.values}),
        ),
    )  # fmt: skip
    def get(self, request: Any, webhook: Any) -> Any: ...


class Redeliver(OwnedView):
    @described("Send it again", {202: DeliveryShape}, 404, 405, 409, request=None)
    def post(self, request: Any, webhook: Any, delivery: Any) -> Any: ...
