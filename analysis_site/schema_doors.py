"""What the OpenAPI document says about the doors of `progress`, and about itself.

Those are native views, which REST framework does not know. The classes here and in `schema_streams`
and `schema_webhooks` stand for them: they are described, never called. A test holds their addresses
against the real ones.
"""

from typing import Any

from django.urls import path
from drf_spectacular.types import OpenApiTypes

from analysis.rest.access import OpenView
from analysis.rest.described import ANYBODY, described, query
from analysis_site import schema_streams, schema_webhooks


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
    path("api/progress/<uuid:session>", schema_streams.Stream.as_view()),
    path("api/progress/<uuid:session>/events", schema_streams.Events.as_view()),
    path("api/webhooks", schema_webhooks.Webhooks.as_view()),
    path("api/webhooks/<uuid:webhook>", schema_webhooks.OneWebhook.as_view()),
    path("api/webhooks/<uuid:webhook>/rotate", schema_webhooks.Rotate.as_view()),
    path("api/webhooks/<uuid:webhook>/deliveries", schema_webhooks.Deliveries.as_view()),
    path(
        "api/webhooks/<uuid:webhook>/deliveries/<uuid:delivery>/redeliver",
        schema_webhooks.Redeliver.as_view(),
    ),
    path("api/schema", Document.as_view()),
]
