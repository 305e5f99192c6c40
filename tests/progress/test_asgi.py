"""The HTTP doors in front of Django's middleware."""

from __future__ import annotations

import asyncio
import threading
import uuid
from contextlib import AsyncExitStack

import pytest

from progress import service
from progress.limits import Place, held, viewers_by_door
from progress.models import Session
from progress.threads import in_reader
from tests.progress.house import House

pytestmark = pytest.mark.stack


async def until(door: str, count: int) -> None:
    async with asyncio.timeout(10):
        while viewers_by_door().get(door, 0) != count:
            await asyncio.sleep(0.02)


async def test_streams_and_long_polls_hold_no_thread(house: House, session: Session, configure):
    configure(streams_per_owner=500)
    await asyncio.gather(*(in_reader(str) for _ in range(20)))  # the pool has all its threads
    await house.http.get(f"/api/progress/{session.id}/events")
    before = threading.active_count()
    url = f"/api/progress/{session.id}"
    async with AsyncExitStack() as stack:
        for _ in range(40):
            await stack.enter_async_context(house.http.stream("GET", url))
        polls = [asyncio.create_task(house.http.get(f"{url}/events?wait=20")) for _ in range(40)]
        await until("sse", 40)
        await until("poll", 40)
        assert threading.active_count() <= before + 1
        await service.progress_info(session.id, "News for all")
        answers = await asyncio.gather(*polls)
    assert all(len(answer.json()["events"]) == 1 for answer in answers)
    await until("sse", 0)


async def test_a_client_that_leaves_a_long_poll_gives_its_place_back(house, session):
    poll = asyncio.create_task(house.http.get(f"/api/progress/{session.id}/events?wait=30"))
    await until("poll", 1)
    poll.cancel()
    await until("poll", 0)


def test_a_response_that_was_never_begun_gives_its_place_back(viewer):
    def begin() -> object:
        return held(Place(viewer, "sse"), nothing())  # the client left before its first byte

    begin()
    assert viewers_by_door()["sse"] == 0


async def nothing():
    yield b""


async def test_other_addresses_go_on_to_django(house: House):
    assert (await house.http.get("/health/live")).json() == {"status": "ok"}


async def test_answers_carry_a_request_id_and_forbid_guessing_their_type(house, session):
    url = f"/api/progress/{session.id}/events"
    given = await house.http.get(url, headers={"X-Request-ID": "from-a-proxy"})
    assert given.headers["x-request-id"] == "from-a-proxy"
    assert given.headers["x-content-type-options"] == "nosniff"
    hostile = await house.http.get(url, headers={"X-Request-ID": "a b;c"})
    assert uuid.UUID(hostile.headers["x-request-id"])
    missing = await house.http.get(f"/api/progress/{uuid.uuid4()}/events")
    assert missing.json()["request_id"] == missing.headers["x-request-id"]


async def test_a_host_that_is_not_ours_is_refused(house: House, session: Session):
    url = f"/api/progress/{session.id}/events"
    response = await house.http.get(url, headers={"Host": "elsewhere.example"})
    assert response.status_code == 400


async def test_a_signed_in_user_is_known_without_middleware(house, session, client, admin_user):
    await in_reader(client.force_login, admin_user)
    own = await in_reader(create_for, admin_user.pk)
    cookie = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
    found = await house.http.get(f"/api/progress/{own.id}/events", headers=cookie)
    assert found.status_code == 200
    other = await house.http.get(f"/api/progress/{session.id}/events", headers=cookie)
    assert other.status_code == 404


def create_for(user_id: int) -> Session:
    return Session.objects.create(user_id=user_id)
