"""The REST page of events, with filters and long poll, and sessions as resources."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from . import exports, log
from .door import MAX_SEQ, authorised, door, identifier, one_of, whole_number
from .errors import BadParameter
from .events import KINDS, LEVELS, MAX_STEP
from .limits import Place
from .models import Event, Session
from .proofs import Proof
from .stream import Follower
from .threads import in_reader, in_searcher

MAX_PAGE = 1000
MAX_WAIT = 60


async def page(request: HttpRequest, session: str) -> HttpResponseBase:
    """One page of events after a cursor; `wait` holds the request until there is one."""
    viewer, found = await authorised(request, session, "read")
    wanted = filters(request)
    after = whole_number(request, "after", 0, 0, MAX_SEQ)
    limit = whole_number(request, "limit", 100, 1, MAX_PAGE)
    wait = whole_number(request, "wait", 0, 0, MAX_WAIT)
    kind = one_of(request, "format", "json", ("json", "ndjson", "csv"))
    if kind != "json" or is_download(request):
        events = select(found, wanted).filter(seq__gt=after)
        return exports.response(found, events, kind, Place(viewer, "export"))
    result = await look(found.id, wanted, after, limit)
    if wait and not result["events"] and not is_reset(result, after):
        with Place(viewer, "poll"):
            result = await wait_for(found.id, wanted, result, limit, wait, viewer.proof)
    return as_json(request, found.id, result)


def is_download(request: HttpRequest) -> bool:
    """`format=json` and nothing that speaks of a page asks for everything, as other formats do."""
    asked = request.GET.keys()
    return "format" in asked and not asked & {"limit", "wait"}


def filters(request: HttpRequest) -> dict[str, Any]:
    """Level and kind may name several, separated by commas. Raises BadParameter."""
    wanted = {
        "level__in": names(request, "level", LEVELS),
        "kind__in": names(request, "kind", KINDS),
        "step": whole_number(request, "step", 0, 0, MAX_STEP) if request.GET.get("step") else None,
        "run_id": identifier(request, "run"),
        "message__icontains": request.GET.get("q", "").replace("\0", "")[:200] or None,
    }
    return {field: value for field, value in wanted.items() if value is not None}


def names(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> list[str] | None:
    given = [part for part in request.GET.get(name, "").split(",") if part]
    for part in given:
        if part not in allowed:
            raise BadParameter(name, f"one or more of {', '.join(allowed)} are wanted")
    return given or None


def select(session: Session, wanted: dict[str, Any]) -> QuerySet[Event]:
    return Event.objects.filter(session=session, **wanted).order_by("seq")


async def look(
    session: uuid.UUID, wanted: dict[str, Any], after: int, limit: int
) -> dict[str, Any]:
    run = in_searcher if wanted else in_reader
    return await run(read, session, wanted, after, limit)


def read(session: uuid.UUID, wanted: dict[str, Any], after: int, limit: int) -> dict[str, Any]:
    """The page as plain data; `scanned` is how far the log was looked through."""
    if not wanted:
        found = log.read_page(session, after, limit)
        # Nothing found means that nothing is left up to the head, also where it was cleared.
        scanned = found.first + len(found.events) - 1 if found.events else max(found.head, after)
        return {
            "head": found.head,
            "first": found.start,
            "events": found.events,
            "scanned": scanned,
        }
    first, head = log.read_bounds(session)
    rows = select(Session(id=session), wanted).filter(seq__gt=after, seq__lte=head)
    events, last = exports.piece_of(rows, limit)
    return {"head": head, "first": first, "events": events, "scanned": last or max(head, after)}


def is_reset(result: dict[str, Any], after: int) -> bool:
    """The log was cleared below the cursor or set back before it: nothing to wait for."""
    return bool(result["first"] > after + 1 or result["head"] < after)


async def wait_for(
    session: uuid.UUID,
    wanted: dict[str, Any],
    before: dict[str, Any],
    limit: int,
    seconds: int,
    proof: Proof | None,
) -> dict[str, Any]:
    """Look again at each news until something fits, the log was cleared, or the time is over.

    Raises NotAuthenticated when the proof falls meanwhile.
    """
    result, after = before, before["scanned"]
    follower = Follower(session, after, proof=proof)
    try:
        async with asyncio.timeout(seconds):
            while not result["events"] and not has_shrunk(before, result):
                follower.topic.hear(result["first"], result["head"])
                # What was looked through once is not looked through again.
                after = follower.cursor = result["scanned"]
                await follower.news()
                result = await look(session, wanted, after, limit)
    except TimeoutError:
        pass
    finally:
        follower.close()
    return result


def has_shrunk(before: dict[str, Any], now: dict[str, Any]) -> bool:
    return bool(now["first"] != before["first"] or now["head"] < before["head"])


def as_json(request: HttpRequest, session: uuid.UUID, result: dict[str, Any]) -> HttpResponse:
    more = result["scanned"] < result["head"]
    content = orjson.dumps(
        {
            "session": session,
            "head": result["head"],
            "first": result["first"],
            "events": [orjson.Fragment(event) for event in result["events"]],
            "next": next_url(request, result["scanned"]) if more else None,
        }
    )
    return HttpResponse(content, content_type="application/json")


def next_url(request: HttpRequest, after: int) -> str:
    query = request.GET.copy()
    query["after"] = str(after)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


events = door(get=page)
