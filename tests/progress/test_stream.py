"""Where replay and live meet."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from django.db import OperationalError

from progress import log, service, stream
from progress.emit import changed
from progress.errors import SessionNotFound
from progress.hub import hub
from progress.log import Stored
from progress.models import Run, Session
from progress.runs import cancel, create
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
        async with asyncio.timeout(30):
            await follower.next()


async def test_a_log_cleared_under_a_live_reader_resets_it(session, configure):
    configure(safety_check=3600.0)  # the hint tells it
    await report(session, 5)
    follower = Follower(session.id, 5)
    assert await follower.catch_up() is None and follower.is_live
    await in_thread(clear_log, session.id)
    async with asyncio.timeout(30):
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
    read_page, failures = log.read_page, iter([OperationalError("gone")] * 5)

    def unsteady(*wanted):
        error = next(failures, None)
        if error is not None:
            raise error
        return read_page(*wanted)

    monkeypatch.setattr(log, "read_page", unsteady)
    async with asyncio.timeout(20):
        found = await Follower(session.id, 0).next()
    assert isinstance(found, Chunk) and found.last == 3


async def test_a_database_that_stays_away_is_given_up(session, monkeypatch):
    def down(*wanted):
        raise OperationalError("gone")

    monkeypatch.setattr(log, "read_page", down)
    monkeypatch.setattr(stream, "LONGEST_PAUSE", 0.1)
    with pytest.raises(OperationalError):
        async with asyncio.timeout(20):
            await Follower(session.id, 0).next()


async def test_a_reader_that_is_sent_elsewhere_during_a_read_takes_nothing_of_it(session):
    await report(session, 6)
    follower = Follower(session.id, 4)
    reading = asyncio.create_task(follower.catch_up())
    await asyncio.sleep(0)  # now it waits for the page behind its cursor
    follower.cursor = 2
    assert await reading is None and follower.cursor == 2


async def test_a_read_that_is_older_than_what_a_reader_has_seen_is_no_log_set_back(session):
    follower = Follower(session.id, 1)
    reading = asyncio.create_task(follower.catch_up())
    await asyncio.sleep(0)
    hub().receive([Stored(session.id, 1, [b"{}"])])
    assert await reading is None and follower.cursor == 1


async def test_who_stops_following_leaves_nothing_behind(session):
    await report(session, 1)
    async with aclosing(service.follow(session.id)) as events:
        await anext(events)
        assert session.id in hub().topics
    assert session.id not in hub().topics


async def test_a_run_that_ends_during_the_look_at_it_is_not_waited_for(
    session, configure, monkeypatch
):
    configure(safety_check=3600.0)
    run = await in_thread(changed, create(Run(session=session)))
    looks, look = [], stream.rests

    def overtaken(run_id):
        found = look(run_id)
        if not looks:
            changed(cancel(run_id))
        looks.append(found)
        return found

    monkeypatch.setattr(stream, "rests", overtaken)
    assert await stream.run_rests(session.id, run.id, 20)
    assert looks == [False, True]


async def test_what_is_stored_already_needs_no_news_to_be_replayed(session, configure):
    configure(safety_check=3600.0)
    await report(session, 3)
    assert await take(session, 0, 3) == [1, 2, 3]
