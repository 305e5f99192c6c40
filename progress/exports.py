"""The log as a file: JSON, NDJSON and CSV, streamed so that a million events need no memory."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncGenerator, AsyncIterable, Iterable

import orjson
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from . import log
from .conf import conf
from .limits import Place, held
from .models import Event, Session
from .threads import in_searcher

COLUMNS = (
    *("seq", "created_at", "run", "kind", "level"),
    *("step", "total_steps", "elapsed_ms", "message", "data"),
)
PIECE = 1000  # events read at a time, unless they are large
ROWS = 50  # of them held at a time as rows


def response(
    session: Session, events: QuerySet[Event], kind: str, place: Place
) -> StreamingHttpResponse:
    """A download of the session's events as `json`, `ndjson` or `csv`."""
    # What comes meanwhile is left out: the file agrees with its `head`, and it ends.
    events = events.filter(seq__lte=session.last_seq)
    parts = document(session, events) if kind == "json" else FORMS[kind]([events])
    return download(held(place, parts), f"progress-{session.id}.{kind}")


def download(parts: AsyncIterable[bytes], name: str) -> StreamingHttpResponse:
    found = StreamingHttpResponse(parts, content_type=TYPES[name.rpartition(".")[2]])
    found["Content-Disposition"] = f'attachment; filename="{name}"'
    found["Cache-Control"] = "no-store"
    return found


async def document(session: Session, events: QuerySet[Event]) -> AsyncGenerator[bytes]:
    """One JSON object of the shape of a page, with every event in it."""
    bounds = {"session": session.id, "head": session.last_seq, "first": session.first_seq}
    yield orjson.dumps({**bounds, "next": None}).removesuffix(b"}") + b',"events":['
    separator = b""
    async for piece in pieces(events):
        yield separator + b",".join(piece)
        separator = b","
    yield b"]}"


async def ndjson(logs: Iterable[QuerySet[Event]]) -> AsyncGenerator[bytes]:
    """The logs one after the other, one event a line."""
    for events in logs:
        async for piece in pieces(events):
            yield b"".join(text + b"\n" for text in piece)


async def table(logs: Iterable[QuerySet[Event]]) -> AsyncGenerator[bytes]:
    yield csv_lines([COLUMNS])
    for events in logs:
        async for piece in pieces(events):
            found = log.as_objects(piece)
            yield csv_lines([harmless(event[name]) for name in COLUMNS] for event in found)


FORMS = {"ndjson": ndjson, "csv": table}
TYPES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}


async def pieces(events: QuerySet[Event]) -> AsyncGenerator[list[bytes]]:
    """Read by `seq`, a piece at a time, so that no cursor and no connection is held in between."""
    after: int | None = 0
    while after is not None:
        piece, after = await in_searcher(piece_of, events.filter(seq__gt=after), PIECE)
        if piece:
            yield piece


def piece_of(events: QuerySet[Event], limit: int) -> tuple[list[bytes], int | None]:
    """The first events in their wire form: up to `limit`, or `page_bytes` of them.

    With the number of the last one, or None if there are no more.
    """
    found, size = [], 0
    for event in events[:limit].iterator(ROWS):
        found.append(log.encode_row(event))
        size += len(found[-1])
        if len(found) == limit or size >= conf().page_bytes:
            return found, event.seq
    return found, None


def csv_lines(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def harmless(value: object) -> object:
    """Spreadsheets run cells that begin like a formula (OWASP, "CSV injection")."""
    if isinstance(value, dict | list):
        return log.encode_plain(value)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        return f"'{value}"
    return value
