"""The log as a file: JSON, NDJSON and CSV, streamed so that a million events need no memory."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable

import orjson
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from . import log
from .models import Event, Session
from .threads import in_reader

COLUMNS = (
    *("seq", "created_at", "run", "kind", "level"),
    *("step", "total_steps", "elapsed_ms", "message", "data"),
)
TYPES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}
PIECE = 1000


def response(session: Session, events: QuerySet[Event], kind: str) -> StreamingHttpResponse:
    parts = document(session, events) if kind == "json" else pieces(events, kind)
    found = StreamingHttpResponse(parts, content_type=TYPES[kind])
    found["Content-Disposition"] = f'attachment; filename="progress-{session.id}.{kind}"'
    found["Cache-Control"] = "no-store"
    return found


async def document(session: Session, events: QuerySet[Event]) -> AsyncIterator[bytes]:
    """One JSON object of the shape of a page, with every event in it."""
    bounds = {"session": session.id, "head": session.last_seq, "first": session.first_seq}
    yield orjson.dumps({**bounds, "next": None}).removesuffix(b"}") + b',"events":['
    separator = b""
    async for piece in pieces(events, "ndjson"):
        yield separator + b",".join(piece.splitlines())
        separator = b","
    yield b"]}"


async def pieces(events: QuerySet[Event], kind: str) -> AsyncIterator[bytes]:
    """Read by `seq`, a piece at a time, so that no cursor and no connection is held in between."""
    if kind == "csv":
        yield csv_lines([COLUMNS])
    after = 0
    while True:
        rows: list[Event] = await in_reader(list, events.filter(seq__gt=after)[:PIECE])
        if not rows:
            return
        yield as_ndjson(rows) if kind == "ndjson" else as_csv(rows)
        after = rows[-1].seq


def as_ndjson(rows: Iterable[Event]) -> bytes:
    return b"".join(log.encode_row(event) + b"\n" for event in rows)


def as_csv(rows: Iterable[Event]) -> bytes:
    objects = log.as_objects(log.encode_row(event) for event in rows)
    return csv_lines([[harmless(found[name]) for name in COLUMNS] for found in objects])


def csv_lines(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def harmless(value: object) -> object:
    """Spreadsheets run cells that begin like a formula (OWASP, "CSV injection")."""
    if isinstance(value, dict | list):
        return log.encode_plain(value)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
