"""The server-sent events door: `GET /api/progress/{session}`, resumable by `Last-Event-ID`.

`DELETE` on the same address clears the session's events.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import orjson
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from . import layer, runs
from .conf import conf
from .door import MAX_SEQ, authorised, door, identifier, whole_number
from .errors import BadParameter, RunNotFound, SessionNotFound
from .hub import Chunk
from .limits import place
from .log import Stored, read_heads
from .models import Run
from .stream import Follower, Reset
from .threads import in_commander, in_reader
from .writer import writer


async def stream(request: HttpRequest, session: str) -> HttpResponseBase:
    viewer, found = await authorised(request, session, "read")
    after = cursor(request)
    run = identifier(request, "run")
    if run is not None:
        await in_reader(check_run, found.id, run)
    place_held = place(viewer, "sse")
    place_held.__enter__()  # before the response begins, so that 429 is still possible
    response = StreamingHttpResponse(
        held(place_held, frames(found.id, after, run)), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    # GZipMiddleware would hold events back until its window is full.
    response["Content-Encoding"] = "identity"
    return response


def check_run(session: uuid.UUID, run: uuid.UUID) -> None:
    if not Run.objects.filter(id=run, session_id=session).exists():
        raise RunNotFound


def cursor(request: HttpRequest) -> int:
    """`Last-Event-ID` wins over `?after=`: a reconnecting EventSource repeats its first URL."""
    last = request.headers.get("Last-Event-ID", "").strip()
    if not last:
        return whole_number(request, "after", 0, 0, MAX_SEQ)
    if not last.isdigit() or int(last) > MAX_SEQ:
        raise BadParameter("Last-Event-ID", "the id of an event is wanted")
    return int(last)


async def held(place_held: object, inner: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        async for frame in inner:
            yield frame
    finally:
        place_held.__exit__(None, None, None)  # type: ignore[attr-defined]


async def frames(session: uuid.UUID, after: int, run: uuid.UUID | None) -> AsyncIterator[bytes]:
    """The stream itself. With `run` only that run's events, and `event: end` after its last one."""
    follower = Follower(session, after)
    try:
        yield b"retry: 1500\n\n"
        end = await in_reader(end_of, session, run) if run else None
        while end is None or follower.cursor < end:
            try:
                async with asyncio.timeout(conf().heartbeat):
                    found = await follower.next()
            except TimeoutError:
                yield b": heartbeat\n\n"
            except SessionNotFound:
                return
            else:
                if isinstance(found, Reset):
                    yield reset_frame(found)
                else:
                    yield chosen(found, run)
                    end = end or end_within(found, run)
        yield named("end", {"run": run})
    finally:
        follower.close()


def end_of(session: uuid.UUID, run: uuid.UUID) -> int | None:
    """Where the log of a finished run certainly ends; None while it is live."""
    # In this order: the last event of a run is stored with its final state, so a head that is
    # read after the state includes it.
    live = Run.objects.filter(id=run, state__in=Run.LIVE).exists()
    return None if live else read_heads([session])[session][1]


def end_within(chunk: Chunk, run: uuid.UUID | None) -> int | None:
    """The number of the event that ends the run, if it is in this chunk."""
    for seq, event in enumerate(chunk.events, chunk.first):
        if run and belongs(event, run) and b'"kind":"state"' in event[:200]:
            if orjson.loads(event)["data"]["state"] in Run.FINAL:
                return seq
    return None


def chosen(chunk: Chunk, run: uuid.UUID | None) -> bytes:
    if run is None:
        return chunk.server_sent
    events = enumerate(chunk.events, chunk.first)
    return b"".join(event_frame(seq, event) for seq, event in events if belongs(event, run))


def belongs(event: bytes, run: uuid.UUID) -> bool:
    # The wire form has `run` and `kind` before any text of users: no parsing is needed.
    return b'"run":"%s"' % str(run).encode() in event[:200]


def event_frame(seq: int, event: bytes) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (seq, event)


def reset_frame(reset: Reset) -> bytes:
    data = {"reason": reset.reason, "head": reset.head, "first": reset.first}
    return b"id: %d\n" % (reset.first - 1) + named("reset", data)


def named(event: str, data: dict[str, object]) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (event.encode(), orjson.dumps(data))


async def clear(request: HttpRequest, session: str) -> HttpResponseBase:
    """Remove the session's events; repeatable; Conflict while a run is live."""
    _, found = await authorised(request, session, "analyze")
    await in_commander(clear_log, found.id)
    return HttpResponse(status=204)


def clear_log(session: uuid.UUID) -> None:
    first = writer().change(runs.clear(session)).result()
    layer.publish([Stored(session, first, [])])


progress = door(get=stream, delete=clear)
