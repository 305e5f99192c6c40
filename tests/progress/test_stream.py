"""Where replay and live meet."""

from __future__ import annotations

import asyncio

import pytest
from django.db import OperationalError

from progress import service, stream
from progress.errors import SessionNotFound
from progress.hub import hub
from progress.models import Session
from progress.service import in_thread
from progress.sse import clear_log
from progress.stream import Follower, Reset
from progress.topic import Chunk

pytestmark = pytest.mark.stack


@pytest.fixture(autouse=True)
async def closed_hub(session):
    yield
    await hub().stop()


async def report(session: Session, count: int) -> None:
    for number in range(count):
        await service.progress_info(session.id, f"{number}")
    assert await in_thread(service.drain, 10)


async def take(session: Session, after: int, count: int) -> list[int]:
    found: list[int] = []
    async with asyncio.timeout(10):
        async for event in service.follow(session.id, after):
            found.append(event["seq"])
            if len(found) == count:
                return found
    return found


async def test_following_replays_and_goes_on_live_without_a_seam(session):
    await report(session, 700)
    following = asyncio.create_task(take(session, 0, 1_400))
    for _ in range(7):
        await report(session, 100)
    assert await following == list(range(1, 1_401))


async def test_following_from_a_cursor_starts_behind_it(session):
    await report(session, 10)
    assert await take(session, 7, 3) == [8, 9, 10]


async def test_two_loops_of_one_process_both_hear_of_news(session):
    other = asyncio.to_thread(lambda: asyncio.run(take(session, 0, 20)))
    mine = asyncio.create_task(take(session, 0, 20))
    there = asyncio.create_task(other)
    await report(session, 20)
    assert await mine == await there == list(range(1, 21))


async def test_following_a_session_that_does_not_exist_says_so():
    with pytest.raises(SessionNotFound):
        async for _ in service.follow("00000000-0000-0000-0000-000000000000"):
            pass


async def test_a_session_that_is_deleted_ends_its_followers(session):
    follower = Follower(session.id, 0)
    assert await follower.catch_up() is None
    await in_thread(Session.objects.filter(id=session.id).delete)
    with pytest.raises(SessionNotFound):
        async with asyncio.timeout(5):
            await follower.next()


async def test_a_log_cleared_under_a_live_reader_resets_it(session, configure):
    configure(safety_check=3600.0)  # the hint tells it
    await report(session, 5)
    follower = Follower(session.id, 5)
    assert await follower.catch_up() is None and follower.is_live
    await in_thread(clear_log, session.id)
    async with asyncio.timeout(5):
        assert await follower.next() == Reset("cleared", 5, 6)
        await report(session, 1)
        found = await follower.next()
    assert isinstance(found, Chunk) and (found.first, found.last) == (6, 6)


async def test_who_comes_back_to_a_cleared_log_is_reset_even_at_its_head(session):
    await report(session, 5)
    await in_thread(clear_log, session.id)
    for cursor in (1, 4, 5):
        assert Follower(session.id, cursor).begin(6, 5) == Reset("cleared", 5, 6)


async def test_a_cursor_beyond_the_log_is_reset(session):
    await report(session, 2)
    follower = Follower(session.id, 99)
    assert follower.begin(1, 2) == Reset("rewound", 2, 1)
    found = await follower.next()
    assert isinstance(found, Chunk) and found.first == 1


async def test_a_database_that_does_not_answer_is_waited_out(session, monkeypatch):
    await report(session, 3)
    real, failures = stream.Follower._read, iter([1, 2])

    async def unsteady(self):
        if next(failures, None):
            raise OperationalError("gone")
        return await real(self)

    monkeypatch.setattr(stream.Follower, "_read", unsteady)
    found = await Follower(session.id, 0).next()
    assert isinstance(found, Chunk) and found.last == 3
