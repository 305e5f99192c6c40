"""What the OpenAPI document says about the doors of `progress`.

Those are native views, which REST framework does not know. The classes here stand for them: they
are described, never called. A test holds their addresses against the real ones.
"""

import uuid
from typing import Any

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from analysis.rest import shapes
from analysis.rest.access import OpenView, OwnedView
from analysis.rest.described import ANYBODY, described, query
from analysis.rest.shapes import maybe, shape
from progress.events import KINDS, LEVELS
from progress.models import Delivery

NUMBER = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
TICKET = query("ticket", "From POST /api/tickets, in place of a header")
AFTER = query("after", "Only events after this number", NUMBER)
RUN = query("run", "Only events of this run", uuid.UUID)


def names(parameter: str, allowed: tuple[str, ...]) -> OpenApiParameter:
    schema = {"type": "array", "items": {"type": "string", "enum": list(allowed)}}
    return OpenApiParameter(
        parameter,
        schema,
        description="One or several, separated by commas",
        style="form",
        explode=False,
    )


def whole(name: str, low: int, high: int, about: str) -> OpenApiParameter:
    return query(name, about, {"type": "integer", "minimum": low, "maximum": high})


STREAM = """id: 3
data: {"session":"…","seq":3,"run":"…","kind":"log","level":"info","message":"Cache miss",…}

: heartbeat
"""

EXAMPLE_EVENT = {
    "session": "7b0c2ad2-6b0e-4d3c-8c52-0b8f3f2d5a10",
    "seq": 42,
    "run": "0e8fd4a5-6b1f-4cbb-9d5e-3b5a5a2f8f11",
    "kind": "step",
    "level": "info",
    "message": "Context search",
    "step": 2,
    "total_steps": 5,
    "elapsed_ms": None,
    "data": {"state": "started", "name": "Context search"},
    "created_at": "2026-11-22T09:30:00.123456Z",
}


class Stream(OwnedView):
    @described(
        "Follow a session live",
        {
            (200, "text/event-stream"): OpenApiResponse(
                str, "Server-sent events; `id:` is the event's number, heartbeats are comments, "
                "`event: reset` says that the log was cleared, `event: end` (with `run`) that the "
                "run is over", examples=[OpenApiExample("events", STREAM)],
            )
        },
        400, 404, 405,
        parameters=(
            AFTER, RUN, TICKET,
            OpenApiParameter("Last-Event-ID", NUMBER, OpenApiParameter.HEADER,
                             description="Wins over `after`; EventSource sends it by itself"),
        ),
    )  # fmt: skip
    def get(self, request: Any, session: Any) -> Any: ...

    @described("Clear a session's events", {204: None}, 404, 405, 409)
    def delete(self, request: Any, session: Any) -> Any: ...


class Events(OwnedView):
    @described(
        "A page of events",
        {
            (200, "application/json"): OpenApiResponse(
                shapes.EventPage,
                "Also an export: NDJSON of events, CSV with a row an event",
                examples=[OpenApiExample("one event", {
                    "session": EXAMPLE_EVENT["session"], "head": 42, "first": 1,
                    "events": [EXAMPLE_EVENT], "next": None,
                })],
            ),
            (200, "application/x-ndjson"): str,
            (200, "text/csv"): str,
        },
        400, 404, 405,
        parameters=(
            AFTER, RUN, TICKET,
            whole("limit", 1, 1000, "At most so many; 100 unless told"),
            whole("wait", 0, 60, "Seconds to wait for the first event (long poll)"),
            names("level", LEVELS), names("kind", KINDS),
            whole("step", 0, 1000, "Only events of this step"),
            query("q", "Only events whose message contains this"),
            query("format", "", {"type": "string", "enum": ["json", "ndjson", "csv"]}),
        ),
    )  # fmt: skip
    def get(self, request: Any, session: Any) -> Any: ...


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


class Document(OpenView):
    @described(
        "This document",
        {(200, f"application/{layout}"): OpenApiTypes.OBJECT for layout in ("json", "yaml")},
        400,
        parameters=(query("format", "", {"type": "string", "enum": ["json", "yaml"]}),),
        auth=ANYBODY,
    )  # fmt: skip
    def get(self, request: Any) -> Any: ...


urlpatterns = [
    path("api/progress/<uuid:session>", Stream.as_view()),
    path("api/progress/<uuid:session>/events", Events.as_view()),
    path("api/webhooks", Webhooks.as_view()),
    path("api/webhooks/<uuid:webhook>", OneWebhook.as_view()),
    path("api/webhooks/<uuid:webhook>/rotate", Rotate.as_view()),
    path("api/webhooks/<uuid:webhook>/deliveries", Deliveries.as_view()),
    path("api/webhooks/<uuid:webhook>/deliveries/<uuid:delivery>/redeliver", Redeliver.as_view()),
    path("api/schema", Document.as_view()),
]
