"""JSON Schemas of everything that a stream carries; `asyncapi` puts them into its document."""

from __future__ import annotations

from typing import Any

from .events import KINDS, LEVELS, MAX_DATA, MAX_MESSAGE, MAX_STEP
from .models import Ask, Run

Schema = dict[str, Any]


def text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def number(description: str = "", **more: Any) -> Schema:
    return {"type": "integer", "minimum": 0, "description": description, **more}


def nullable(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def record(description: str = "", optional: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """An object with these properties, all required but the `optional` ones. More may follow in
    later versions: clients ignore what they do not know."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "description": description, "required": required,
            "properties": properties}  # fmt: skip


def span(description: str) -> Schema:
    return {"type": "array", "prefixItems": [{"type": "number"}] * 2, "items": False,
            "description": f"{description}: the 50th and the 80th percentile."}  # fmt: skip


UUID = text(format="uuid")
MOMENT = text("RFC 3339 with microseconds, UTC.", format="date-time")
SEQ = number("The place of an event in its session's log: from 1, without gaps.")
HEAD = number("The number of the last event stored.")
FIRST = number("The number of the first event still stored; head + 1 when there is none.")

CHOICE = record("One answer that is offered.", value=text(), label=text())

OPEN_ASK = record(
    "A question to the user, on which its run waits.",
    id=UUID,
    question=text(),
    choices={"type": "array", "items": CHOICE},
    default=text("The value that is suggested; may be empty."),
    allow_text={"type": "boolean", "description": "Whether an answer in words is taken."},
    expires_at=text(format="date-time"),
    state={"const": str(Ask.State.OPEN)},
)

SETTLED_ASK = record(
    "A question that is over.",
    id=UUID,
    state={"enum": [str(state) for state in Ask.State if state != Ask.State.OPEN]},
    answer=nullable(text()),
)

#: What `data` is, by the event's kind; a log line's and a result's are the job's own.
DATA: dict[str, Schema] = {
    "log": {"description": "Any JSON of the job, or null."},
    "step": record(
        "A step began or ended; `elapsed_ms` of the event says how long it took. What is foreseen "
        "is told where one begins, once enough runs of the kind went through it.",
        ("predicted_ms", "eta_ms", "slow_in_ms"),
        state={"enum": ["started", "finished"]},
        name=text(),
        predicted_ms=span("How long the step takes"),
        eta_ms=span("From here to the end of the run"),
        slow_in_ms={"type": "number", "description": "To the 90th percentile from here."},
    ),
    "state": record(
        "The run changed its state; the event of a final state is the run's last one.",
        ("attempt", "error"),
        state={"enum": [str(state) for state in Run.State]},
        attempt=number("How many workers have begun it, where one begins."),
        error=text("A stable code, where it went wrong."),
    ),
    "progress": record(
        "How much of the current step is done.",
        share={"type": "number", "minimum": 0, "maximum": 1},
    ),
    "ask": {"oneOf": [OPEN_ASK, SETTLED_ASK]},
    "answer": record("What the user answered.", ask=UUID, answer=text()),
    "result": {"description": "The outcome, or where it is, as the job gave it."},
}

EVENT: Schema = {
    **record(
        "One immutable line of a session's log, the same on every door.",
        session=UUID,
        seq={**SEQ, "minimum": 1},
        run=nullable(UUID),
        kind={"enum": list(KINDS)},
        level={"enum": list(LEVELS)},
        message=text(maxLength=MAX_MESSAGE),
        step=nullable(number("Which step of the run.", maximum=MAX_STEP)),
        total_steps=nullable(number("Of how many.", maximum=MAX_STEP)),
        elapsed_ms={"type": ["number", "null"], "description": "Milliseconds."},
        data={"description": f"Depends on the kind; at most {MAX_DATA} bytes of JSON."},
        created_at=MOMENT,
    ),
    "allOf": [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {"properties": {"data": schema}},
        }
        for kind, schema in DATA.items()
    ],
}

EVENT_REF = {"$ref": "#/components/schemas/event"}

ERROR = record(
    "Why a command was refused; as in a problem of the REST API.",
    code=text("Stable, for programs."),
    message=text(),
    status=number("The HTTP status that REST would answer with."),
    request_id=nullable(text("What the server's log calls this command.")),
)


def frame(kind: str, description: str, optional: tuple[str, ...] = (), **fields: Schema) -> Schema:
    return record(description, optional, type={"const": kind}, **fields)


#: What the server says on a WebSocket.
SERVER: dict[str, Schema] = {
    "ready": frame(
        "ready",
        "The first frame: the viewer is known and the replay begins.",
        head=HEAD,
        first=FIRST,
        heartbeat={
            "type": "number",
            "exclusiveMinimum": 0,
            "description": "Seconds between heartbeats; silence for 2.5 of them is a dead line.",
        },
        ack={"type": "boolean", "description": "Whether this server needs `ack` frames."},
    ),
    "events": frame(
        "events",
        "Consecutive events, stored ones and live ones alike.",
        events={"type": "array", "items": EVENT_REF, "minItems": 1},
    ),
    "live": frame("live", "The replay is over; what follows is new.", seq=SEQ),
    "reset": frame(
        "reset",
        "The log no longer has what the cursor asked for. Go on from `first - 1`.",
        reason={"enum": ["cleared", "rewound"]},
        head=HEAD,
        first=FIRST,
    ),
    "heartbeat": frame(
        "heartbeat", "A sign of life. A head beyond your last event: resume.", head=HEAD
    ),
    "reply": {
        **frame(
            "reply",
            "The answer to a command. More fields as the command says.",
            ("error",),
            id={"type": ["string", "integer", "null"], "description": "As the command had it."},
            ok={"type": "boolean"},
            error=ERROR,
        ),
        "if": {"properties": {"ok": {"const": False}}},
        "then": {"required": ["error"]},
    },
    "bye": frame(
        "bye",
        "The server goes away. Come back after a random time between these two.",
        retry_ms={"type": "array", "items": number("Milliseconds."), "minItems": 2, "maxItems": 2},
    ),
}

COMMAND_ID = text("Chosen by the client; the reply has it, too.")

#: What a client may say.
CLIENT: dict[str, Schema] = {
    "ack": frame("ack", "Everything up to this event was taken.", seq=SEQ),
    "resume": frame("resume", "Send again what follows this event.", after=SEQ),
    "cancel": frame("cancel", "Stop a run. Replies `state`.", id=COMMAND_ID, run=UUID),
    "answer": frame(
        "answer",
        "Answer a run's question by a choice's value, or in words. Replies `state`.",
        ("choice", "text"),
        id=COMMAND_ID,
        run=UUID,
        ask=UUID,
        choice=text(),
        text=text(maxLength=500),
    ),
}

#: What comes as server-sent events, by the name of the event; `message` is the default name.
SERVER_SENT: dict[str, Schema] = {
    "message": EVENT_REF,
    "reset": record(
        "As the frame of that name.", reason={"enum": ["cleared", "rewound"]}, head=HEAD,
        first=FIRST,
    ),
    "end": record("With `?run=`: the run is over and the stream ends.", run=UUID),
}  # fmt: skip
