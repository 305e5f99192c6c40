"""Server-sent events over a real connection."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest
from django.test import Client

from progress import service, sse
from progress.access import Viewer, signer
from progress.claims import claim, finish
from progress.conf import conf
from progress.emit import changed
from progress.hub import hub
from progress.limits import viewers_by_door
from progress.models import Run, Session
from progress.runs import cancel, create
from progress.service import in_thread
from progress.writer import writer
from tests.progress.house import House

pytestmark = pytest.mark.stack


async def report(session: Session, count: int, **fields) -> None:
    for number in range(count):
        await service.progress_info(session.id, f"event {number}", **fields)
    assert await in_thread(service.drain, 10)


class Stream:
    """A server-sent event as (event, id, data), one after the other."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self.lines = lines

    async def next(self) -> tuple[str, int | None, dict]:
        name, number, data = "message", None, None
        async with asyncio.timeout(30):
            async for line in self.lines:
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "id":
                    number = int(value)
                elif field == "data":
                    data = orjson.loads(value)
                elif not line and data is not None:
                    return name, number, data
        return "closed", None, {}

    async def take(self, count: int) -> list[int | None]:
        return [(await self.next())[1] for _ in range(count)]


@asynccontextmanager
async def opened(house: House, session, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    async with house.http.stream("GET", f"/api/progress/{session.id}{query}", headers=headers) as r:
        assert r.status_code == 200, await r.aread()
        yield Stream(r.aiter_lines())


async def test_events_come_with_their_number_as_id_and_go_on_live(house: House, session: Session):
    await report(session, 2)
    async with opened(house, session) as stream:
        name, number, event = await stream.next()
        assert (name, number, event["message"]) == ("message", 1, "event 0")
        assert await stream.take(1) == [2]
        await report(session, 1)
        assert await stream.take(1) == [3]


async def test_last_event_id_wins_over_the_address(house: House, session: Session):
    await report(session, 5)
    async with opened(house, session, "?after=1", **{"Last-Event-ID": "3"}) as stream:
        assert await stream.take(2) == [4, 5]


async def test_no_cache_and_no_proxy_holds_a_stream_back(house: House, session: Session):
    async with house.http.stream("GET", f"/api/progress/{session.id}") as response:
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["cache-control"] == "no-cache, no-transform"
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["content-encoding"] == "identity"


async def test_a_silent_stream_beats(house: House, session: Session, configure):
    configure(heartbeat=0.1)
    async with house.http.stream("GET", f"/api/progress/{session.id}") as response:
        async with asyncio.timeout(30):
            async for line in response.aiter_lines():
                if line == ": heartbeat":
                    return


async def test_a_cleared_log_is_told_on_the_stream_and_at_its_next_opening(house, session):
    await report(session, 3)
    async with opened(house, session) as stream:
        await stream.take(3)
        assert (await house.http.delete(f"/api/progress/{session.id}")).status_code == 204
        reset = await stream.next()
        assert reset == ("reset", 3, {"reason": "cleared", "head": 3, "first": 4})
    async with opened(house, session, "?after=3") as stream:
        assert (await stream.next())[0] == "reset"


def finished(session: Session) -> uuid.UUID:
    run = writer().change(create(Run(session=session))).result(10)
    claimed = writer().change(claim(run.id)).result(10)
    service.progress_info_sync(session.id, "of the run", run=run.id)
    writer().change(finish(claimed, "succeeded", "Finished", "success")).result(10)
    return run.id


async def test_the_stream_of_a_run_has_only_its_events_and_ends_with_it(house, session):
    await report(session, 1)
    run = await in_thread(finished, session)
    await report(session, 1)
    async with opened(house, session, f"?run={run}") as stream:
        found = [await stream.next() for _ in range(5)]
        assert [number for _, number, _ in found] == [2, 3, 4, 5, None]
        assert found[-1] == ("end", None, {"run": str(run)})
        assert (await stream.next())[0] == "closed"


async def test_the_stream_of_a_live_run_ends_when_it_does(house: House, session: Session):
    run = await in_thread(lambda: writer().change(create(Run(session=session))).result(10))
    async with opened(house, session, f"?run={run.id}") as stream:
        await stream.take(1)
        claimed = await in_thread(lambda: writer().change(claim(run.id)).result(10))
        ended = writer().change(finish(claimed, "succeeded", "Finished", "success"))
        await asyncio.wrap_future(ended)
        assert await stream.take(2) == [2, 3]
        assert (await stream.next())[0] == "end"


def test_a_run_that_ends_during_the_look_at_it_is_followed_to_its_last_event(
    session: Session, monkeypatch
):
    run = changed(create(Run(session=session)))
    read_bounds = sse.read_bounds

    def overtaken(session_id):
        found = read_bounds(session_id)
        changed(cancel(run.id))
        return found

    monkeypatch.setattr(sse, "read_bounds", overtaken)
    assert sse.end_of(session.id, run.id) is None  # it comes with the event


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("?after=x", {}, 400),
        ("?after=-1", {}, 400),
        ("?run=x", {}, 400),
        (f"?run={uuid.UUID(int=1)}", {}, 404),
        ("", {"Last-Event-ID": "x"}, 400),
        ("", {"Last-Event-ID": "9" * 30}, 400),
    ],
)
async def test_bad_parameters_are_problems(house: House, session: Session, query, headers, status):
    response = await house.http.get(f"/api/progress/{session.id}{query}", headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status


async def test_a_session_of_others_does_not_exist_here(house: House, session: Session):
    assert (await house.http.get(f"/api/progress/{uuid.uuid4()}")).status_code == 404
    assert (await house.http.get("/api/progress/nonsense")).status_code == 404
    response = await house.http.get(f"/api/progress/{session.id}", headers={"Cookie": ""})
    assert response.status_code == 401 and response.headers["www-authenticate"] == "Bearer"


async def test_too_many_streams_are_told_when_to_try_again(house, session, configure):
    configure(streams_per_owner=1)
    async with opened(house, session):
        response = await house.http.get(f"/api/progress/{session.id}")
        assert response.status_code == 429 and int(response.headers["retry-after"]) > 0


async def test_a_closed_stream_gives_its_place_back(house: House, session: Session):
    async with opened(house, session):
        assert viewers_by_door()["sse"] == 1
    async with asyncio.timeout(30):
        while viewers_by_door()["sse"]:
            await asyncio.sleep(0.01)
    assert session.id not in hub().topics


async def test_head_does_not_open_a_stream(house: House, session: Session):
    response = await house.http.head(f"/api/progress/{session.id}")
    assert response.status_code == 200 and not viewers_by_door().get("sse")


async def test_clearing_is_refused_while_a_run_is_live_and_for_other_sites(house, session):
    url = f"/api/progress/{session.id}"
    await in_thread(lambda: writer().change(create(Run(session=session))).result(10))
    assert (await house.http.delete(url)).status_code == 409
    foreign = {"Origin": "https://elsewhere.example"}
    assert (await house.http.delete(url, headers=foreign)).status_code == 403
    assert (await house.http.put(url)).status_code == 405


def test_a_stream_is_refused_under_wsgi_where_it_would_hold_a_thread_for_good(
    session: Session, viewer: Viewer, client: Client
):
    client.cookies[conf().browser_cookie] = signer().sign(str(viewer.browser))
    url, host = f"/api/progress/{session.id}", {"Host": "localhost"}
    refused = client.get(url, headers=host)
    assert (refused.status_code, refused.json()["code"]) == (501, "needs_asgi")
    assert client.get(f"{url}/events?after=0&wait=1", headers=host).json()["head"] == 0
