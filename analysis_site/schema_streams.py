"""What the OpenAPI document says about events: live, a page at a time, or as a file."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from analysis.rest.access import OwnedView
from analysis.rest.described import described, query, whole
from analysis.rest.shapes import maybe, shape
from progress.events import KINDS, LEVELS

NUMBER = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
TICKET = query("ticket", "From POST /api/tickets, in place of a header")
AFTER = query("after", "Only events after this number", NUMBER)
RUN = query("run", "Only events of this run", uuid.UUID)

Event = shape(
    "Event",
    "One immutable line of the log; the same on every door.",
    session=serializers.UUIDField(),
    seq=serializers.IntegerField(help_text="Its number in the session, from 1, without gaps"),
    run=maybe(serializers.UUIDField),
    kind=serializers.ChoiceField(choices=KINDS),
    level=serializers.ChoiceField(choices=LEVELS),
    message=serializers.CharField(allow_blank=True),
    step=maybe(serializers.IntegerField),
    total_steps=maybe(serializers.IntegerField),
    elapsed_ms=maybe(serializers.FloatField),
    data=maybe(serializers.DictField),
    created_at=serializers.DateTimeField(),
)

EventPage = shape(
    "EventPage",
    session=serializers.UUIDField(),
    head=serializers.IntegerField(),
    first=serializers.IntegerField(),
    events=Event(many=True),
    next=maybe(serializers.URLField),
)


def names(parameter: str, allowed: tuple[str, ...]) -> OpenApiParameter:
    schema = {"type": "array", "items": {"type": "string", "enum": list(allowed)}}
    return OpenApiParameter(
        parameter,
        schema,
        description="One or several, separated by commas",
        style="form",
        explode=False,
    )


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
                EventPage,
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
