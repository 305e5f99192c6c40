"""The server-sent events door: `GET /api/progress/{session}`, resumable by `Last-Event-ID`.

`DELETE` on the same address clears the session's events.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator

import orjson
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from . import layer, sessions
from .conf import conf
from .door import MAX_SEQ, authorised, digits, door, identifier, whole_number
from .emit import changed
from .errors import BadParameter, NotAuthenticated, ProgressError, RunNotFound, SessionNotFound
from .limits import Place, held
from .log import Stored, read_bounds
from .models import Run, Session
from .proofs import Proof
from .stream import Follower, Reset
from .threads import in_commander, in_reader
from .topic import Chunk, server_sent


class NeedsAsgi(ProgressError):
    """This site is served by WSGI, where a stream has no end; ask for pages of events instead."""

    code = "needs_asgi"
    status = 501


async def stream(request: HttpRequest, session: str) -> HttpResponseBase:
    if not isinstance(request, ASGIRequest):
        raise NeedsAsgi  # Django would collect the whole stream first, on a thread, for ever
    viewer, found = await authorised(request, session, "read")
    after = cursor(request)
    run = identifier(request, "run")
    if run is not None:
        await in_reader(check_run, found.id, run)
    if request.method == "HEAD":
        return with_headers(HttpResponse(content_type="text/event-stream"))
    place = Place(viewer, "sse")  # before the response begins, so that 429 is still possible
    content = held(place, frames(found, after, run, viewer.proof))
    return with_headers(StreamingHttpResponse(content, content_type="text/event-stream"))


def with_headers(response: HttpResponseBase) -> HttpResponseBase:
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
    number = digits(last)
    if not 0 <= number <= MAX_SEQ:
        raise BadParameter("Last-Event-ID", "the id of an event is wanted")
    return number


async def frames(
    session: Session, after: int, run: uuid.UUID | None, proof: Proof | None
) -> AsyncGenerator[bytes]:
    """The stream itself. With `run` only that run's events, and `event: end` after its last one."""
    follower = Follower(session.id, after, proof=proof)
    try:
        yield b"retry: 1500\n\n"
        reset = follower.begin(*await in_reader(read_bounds, session.id))
        if reset is not None:
            yield reset_frame(reset)
        end = await in_reader(end_of, session.id, run) if run else None
        while end is None or follower.cursor < end:
            try:
                async with asyncio.timeout(conf().heartbeat):
                    found = await follower.next()
            except TimeoutError:
                yield b": heartbeat\n\n"
                continue
            if isinstance(found, Reset):
                yield reset_frame(found)
                continue
            end = end or end_within(found, run)
            text = chosen(found, run)
            if text:
                yield text
        yield named("end", {"run": run})
    except (SessionNotFound, NotAuthenticated, DatabaseError, InterfaceError):
        return  # the client comes back and hears what is the matter as a proper answer
    finally:
        follower.close()


def end_of(session: uuid.UUID, run: uuid.UUID) -> int | None:
    """Where the log of a finished run certainly ends; None while it is live."""
    # In this order: the last event of a run is stored with its final state, so a head that is
    # read after the state includes it.
    live = Run.objects.filter(id=run, state__in=Run.LIVE).exists()
    return None if live else read_bounds(session)[1]


def end_within(chunk: Chunk, run: uuid.UUID | None) -> int | None:
    """The number of the event that ends the run, if it is in this chunk."""
    for seq, event in enumerate(chunk.events, chunk.first):
        if run and belongs(event, run) and is_final(event):
            return seq
    return None


def is_final(event: bytes) -> bool:
    # The wire form has `run` and `kind` before any text of users: parsing is seldom needed.
    return b'"kind":"state"' in event[:200] and orjson.loads(event)["data"]["state"] in Run.FINAL


def chosen(chunk: Chunk, run: uuid.UUID | None) -> bytes:
    if run is None:
        return chunk.server_sent
    events = enumerate(chunk.events, chunk.first)
    return b"".join(server_sent(seq, event) for seq, event in events if belongs(event, run))


def belongs(event: bytes, run: uuid.UUID) -> bool:
    return b'"run":"%s"' % str(run).encode() in event[:200]


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
    first = changed(sessions.clear(session))
    layer.publish([Stored(session, first, [])])


progress = door(get=stream, delete=clear)
