"""What one process knows of the sessions that are followed, whatever the hints do."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from django.db import OperationalError, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from progress import hub as hubs
from progress import layer, log, service
from progress.events import draft, encode
from progress.hub import hub
from progress.log import Stored
from progress.models import Session
from progress.pages import Pages
from progress.pulse import Pulse
from progress.service import in_thread
from progress.stream import Follower, Reset
from progress.threads import pool
from progress.topic import Chunk, Topic

SESSION = uuid.uuid4()


def texts(first: int, last: int) -> list[bytes]:
    return [b'{"seq":%d}' % seq for seq in range(first, last + 1)]


def known_topic(head: int = 0) -> Topic:
    topic = Topic(SESSION)
    topic.hear(1, head)
    return topic


# The first event of a hint and how many more it has; or only that the log goes so far.
hints = st.tuples(st.integers(1, 30), st.integers(0, 8), st.booleans())


@given(st.lists(hints, max_size=30), st.integers(0, 30))
@example([(1, 4, False), (8, 0, True), (9, 0, False)], 5)
def test_whatever_order_hints_come_in_a_topic_hands_out_only_what_follows_on(hints, cursor):
    topic = known_topic()
    for first, more, is_read in hints:
        if is_read:
            topic.hear(1, first + more)
        else:
            topic.grow(first, texts(first, first + more))
        assert all(chunk.events for chunk in topic.chunks)
        chunk = topic.after(cursor)
        if chunk is not None:
            assert chunk.first == cursor + 1
            assert chunk.events == texts(chunk.first, chunk.last)
    assert topic.head == max((first + more for first, more, _ in hints), default=0)


def test_a_hint_for_an_unknown_topic_does_not_make_its_readers_live():
    topic = Topic(SESSION)
    topic.grow(7, texts(7, 9))
    assert not topic.known and topic.head == 9
    assert topic.after(2) is None


def test_a_topic_keeps_a_bounded_tail(configure):
    configure(tail_bytes=1_000)
    topic = known_topic()
    for seq in range(1, 1_001):
        topic.grow(seq, texts(seq, seq))
        topic.trim()
    assert topic.size <= 1_000 and topic.head == 1_000
    assert topic.after(0) is None
    chunk = topic.after(990)
    assert chunk is not None and chunk.first == 991


def test_large_chunks_are_cut_into_frames_of_bounded_size(configure):
    configure(frame_bytes=100)
    pieces = Chunk(5, [b"x" * 40] * 7).pieces
    assert [(piece.first, piece.last) for piece in pieces] == [(5, 6), (7, 8), (9, 10), (11, 11)]
    assert len(Chunk(1, [b"x" * 500, b"y"]).pieces) == 2


def test_viewers_share_the_bytes_of_a_frame():
    chunk = Chunk(1, texts(1, 3))
    assert chunk.frame.raw is chunk.frame.raw
    assert chunk.pieces[0] is chunk


async def test_hubs_of_closed_loops_are_forgotten(db):
    async def follow_nothing() -> None:
        hub()

    loop = asyncio.new_event_loop()
    await asyncio.to_thread(loop.run_until_complete, follow_nothing())
    assert loop in hubs._of_loop
    loop.close()
    hub()
    assert loop not in hubs._of_loop


@pytest.mark.stack
async def test_a_hub_whose_loop_was_closed_keeps_no_news_from_others(session, configure):
    configure(safety_check=3600.0)

    async def come_and_go() -> None:
        Follower(session.id, 0)

    follower = Follower(session.id, 0)
    await follower.catch_up()
    await asyncio.to_thread(asyncio.run, come_and_go())
    assert len(layer._hubs) == 2
    service.progress_info_sync(session.id, "news")
    async with asyncio.timeout(20):
        assert isinstance(await follower.next(), Chunk)
        while layer._hubs != {hub()}:
            await asyncio.sleep(0.01)
    await hub().stop()


async def test_one_timer_greets_every_member_once_a_heartbeat(configure):
    configure(heartbeat=0.3)
    beats: dict[int, int] = {}

    class Member:
        def beat(self) -> None:
            beats[id(self)] = beats.get(id(self), 0) + 1

    class Broken:
        def beat(self) -> None:
            raise ConnectionError("this one only")

    pulse = Pulse()
    pulse.join(Broken())
    members = [Member() for _ in range(50)]
    for member in members:
        pulse.join(member)
    pulse.leave(members.pop())
    beating = asyncio.create_task(pulse.beat())
    async with asyncio.timeout(30):
        while len(beats) < 49 or max(beats.values()) < 2:
            await asyncio.sleep(0.01)
    beating.cancel()
    assert set(beats) == set(map(id, members)) and set(beats.values()) <= {1, 2}


async def stored(session: Session, count: int) -> None:
    """Events in the log that no hint tells of, as if all hints were lost."""

    def append() -> None:
        with transaction.atomic():
            log.append([draft(session.id, f"{n}") for n in range(count)])

    await in_thread(append)


@pytest.mark.stack
async def test_news_without_a_hint_is_found_by_the_safety_check(session):
    follower = Follower(session.id, 0)
    await follower.catch_up()
    before = hub().healed
    await stored(session, 3)
    async with asyncio.timeout(30):
        found = await follower.next()
    assert isinstance(found, Chunk) and found.last == 3
    assert hub().healed == before + 1
    follower.close()
    await hub().stop()


@pytest.mark.stack
async def test_the_safety_check_looks_at_all_sessions(session, monkeypatch):
    monkeypatch.setattr(hubs, "MOST_AT_ONCE", 1)
    sessions = [session, *[await in_thread(service.create_session) for _ in range(2)]]
    followers = [Follower(one.id, 0) for one in sessions]
    for follower, one in zip(followers, sessions, strict=True):
        await follower.catch_up()
        await stored(one, 1)
    async with asyncio.timeout(20):
        for follower in followers:
            assert isinstance(await follower.next(), Chunk)
    await hub().stop()


@pytest.mark.stack
async def test_the_safety_check_survives_a_database_that_does_not_answer(session, monkeypatch):
    heads, failures = log.read_heads, iter([OperationalError("gone")] * 3)

    def unsteady(sessions):
        error = next(failures, None)
        if error is not None:
            raise error
        return heads(sessions)

    monkeypatch.setattr(log, "read_heads", unsteady)
    follower = Follower(session.id, 0)
    await follower.catch_up()
    await stored(session, 1)
    async with asyncio.timeout(20):
        assert isinstance(await follower.next(), Chunk)
    assert next(failures, None) is None
    await hub().stop()


@pytest.mark.stack
async def test_an_event_during_the_safety_check_is_no_sign_of_a_log_set_back(
    session, monkeypatch, caplog
):
    heads, looks = log.read_heads, []

    def overtaken(sessions):
        found = heads(sessions)
        if not looks:
            service.progress_info_sync(session.id, "after the look, before its answer")
            assert service.drain(10)
        looks.append(found)
        return found

    monkeypatch.setattr(log, "read_heads", overtaken)
    follower = Follower(session.id, 0)
    await follower.catch_up()
    async with asyncio.timeout(20):
        assert isinstance(await follower.next(), Chunk)
        while len(looks) < 2:
            await asyncio.sleep(0.01)
    assert "was set back" not in caplog.text
    await hub().stop()


@pytest.mark.stack
async def test_a_live_reader_is_pushed_what_is_larger_than_the_tail_that_is_kept(
    session, configure
):
    configure(tail_bytes=20, safety_check=3600.0)
    follower, pushed = Follower(session.id, 0), []
    follower.begin(1, 0)
    follower.push = pushed.append
    hub().receive([Stored(session.id, 1, texts(1, 9))])
    assert pushed == [Chunk(1, texts(1, 9)).frame.raw]
    assert follower.cursor == 9 and follower.topic.size <= 20
    await hub().stop()


@pytest.mark.stack
async def test_a_cleared_log_wakes_a_live_reader_and_pushes_nothing_that_is_gone(
    session, configure
):
    configure(safety_check=3600.0)
    follower, pushed, woken = Follower(session.id, 0), [], []
    follower.begin(1, 0)
    follower.push, follower.on_news = pushed.append, lambda: woken.append(True)
    hub().receive([Stored(session.id, 1, texts(1, 1))])
    hub().receive([Stored(session.id, 2, [])])
    assert len(pushed) == 1 and woken and not follower.is_live
    await hub().stop()


@pytest.mark.stack
async def test_news_that_another_reader_brought_reach_those_who_were_live(session):
    follower = Follower(session.id, 0)
    assert await follower.catch_up() is None and follower.is_live
    news = asyncio.ensure_future(follower.next())
    await stored(session, 3)
    late = Follower(session.id, 0)
    late.begin(*await in_thread(log.read_bounds, session.id))
    async with asyncio.timeout(30):
        found = await news
    assert isinstance(found, Chunk) and found.last == 3
    follower.close()
    late.close()
    await hub().stop()


@pytest.mark.stack
async def test_many_readers_of_one_page_cost_one_read(session):
    await stored(session, 1_200)
    followers = [Follower(session.id, 0) for _ in range(50)]

    async def read_all(follower: Follower) -> int:
        while follower.cursor < 1_200:
            await follower.next()
        return follower.cursor

    assert await asyncio.gather(*map(read_all, followers)) == [1_200] * 50
    assert hub().pages.reads == 3
    await hub().stop()


@pytest.mark.stack
async def test_a_reader_that_leaves_does_not_take_the_read_of_others_along(session):
    await stored(session, 5)
    leaving, staying = (asyncio.create_task(Follower(session.id, 0).catch_up()) for _ in range(2))
    await asyncio.sleep(0)  # now both wait for one read
    leaving.cancel()
    assert (await staying).last == 5
    await hub().stop()


@pytest.mark.stack
async def test_the_pages_that_are_kept_are_bounded(session, configure):
    configure(page_size=1, page_cache_bytes=1_000)
    await stored(session, 20)
    follower = Follower(session.id, 0)
    while follower.cursor < 20:
        await follower.catch_up()
    assert 0 < hub().pages.size <= 1_000
    await hub().stop()


def begin_at(session: Session, first: int) -> None:
    Session.objects.filter(id=session.id).update(first_seq=first)


def restore_backup(session: Session) -> None:
    """The log as it was after its second event."""
    Session.objects.filter(id=session.id).update(last_seq=2)
    session.events.filter(seq__gt=2).delete()


@pytest.mark.stack
async def test_who_comes_later_shares_the_read_too_and_still_gets_what_came_meanwhile(session):
    await stored(session, 5)
    for _ in range(9):
        follower = Follower(session.id, 0)
        found = await follower.catch_up()
        assert isinstance(found, Chunk) and found.last == 5
        follower.close()
    assert hub().pages.reads == 1
    await stored(session, 3)
    late = Follower(session.id, 0)
    late.begin(*await in_thread(lambda: log.read_bounds(session.id)))
    chunks = [await late.catch_up(), await late.catch_up()]
    assert [(chunk.first, chunk.last) for chunk in chunks] == [(1, 5), (6, 8)]
    late.close()
    await hub().stop()


@pytest.mark.stack
async def test_a_log_that_was_set_back_is_noticed_and_its_readers_start_again(session):
    await stored(session, 5)
    follower = Follower(session.id, 5)
    assert await follower.catch_up() is None and follower.is_live
    await in_thread(restore_backup, session)
    async with asyncio.timeout(30):
        assert await follower.next() == Reset("rewound", 2, 1)
        found = await follower.next()
    assert isinstance(found, Chunk) and found.last == 2
    follower.close()
    await hub().stop()


@pytest.mark.stack
async def test_a_backup_of_before_the_log_was_cleared_has_its_beginning(session):
    await stored(session, 5)
    await in_thread(begin_at, session, 6)
    follower = Follower(session.id, 0)
    assert await follower.next() == Reset("cleared", 5, 6)
    await in_thread(begin_at, session, 1)
    await in_thread(restore_backup, session)
    async with asyncio.timeout(20):
        assert await follower.next() == Reset("rewound", 2, 1)
        found = await follower.next()
    assert isinstance(found, Chunk) and found.last == 2 and follower.is_live
    await hub().stop()


@pytest.mark.stack
async def test_pages_of_a_log_that_was_set_back_are_read_again_when_it_has_grown(session):
    await stored(session, 5)
    follower = Follower(session.id, 2)
    await follower.next()
    await in_thread(restore_backup, session)
    async with asyncio.timeout(20):
        assert await follower.next() == Reset("rewound", 2, 1)
    await stored(session, 3)
    late = Follower(session.id, 2)
    late.begin(*await in_thread(log.read_bounds, session.id))
    found = await late.catch_up()
    assert found.events == (await in_thread(log.read_page, session.id, 2, 9)).events
    await hub().stop()


@pytest.mark.stack
async def test_a_page_of_a_log_that_was_set_back_while_nobody_looked_is_read_again(session):
    await stored(session, 5)
    early = Follower(session.id, 0)
    await early.catch_up()
    early.close()
    await in_thread(restore_backup, session)
    late = Follower(session.id, 0)
    late.begin(1, 2)
    found = await late.catch_up()
    assert isinstance(found, Chunk) and found.last == 2
    assert hub().pages.size == found.size  # of the older page nothing is left
    late.close()
    await hub().stop()


@pytest.mark.stack
async def test_a_page_that_was_read_while_its_log_was_set_back_is_not_kept(session, configure):
    configure(readers=1)
    pool.cache_clear()
    await stored(session, 5)
    pages, topic = Pages(), Topic(session.id)
    reading = asyncio.create_task(pages.get(0, topic))
    while not pages.reads:
        await asyncio.sleep(0)
    # Without an await: the page has been read, and this loop has not taken it yet.
    pool("reader").submit(int).result(30)
    pool("commander").submit(restore_backup, session).result(30)
    pages.forget(session.id)
    for page, _ in (await reading, await pages.get(0, topic)):
        assert (page.head, len(page.events)) == (2, 2)
    pool.cache_clear()


@pytest.mark.stack
async def test_a_cached_page_of_a_cleared_log_is_not_shown_again(session):
    await stored(session, 600)
    follower = Follower(session.id, 0)
    await follower.next()

    def trim() -> None:
        session.events.filter(seq__lte=550).delete()
        Session.objects.filter(id=session.id).update(first_seq=551)

    await in_thread(trim)
    hub().receive([])
    late = Follower(session.id, 0)
    assert late.begin(551, 600) == Reset("cleared", 600, 551)
    found = await late.next()
    assert isinstance(found, Chunk) and (found.first, found.last) == (551, 600)
    assert await Follower(session.id, 0).next() == Reset("cleared", 600, 551)
    await hub().stop()


def test_a_hint_carries_events_in_their_wire_form():
    event = encode(draft(SESSION, "x"), 1)
    assert Stored(SESSION, 1, [event]).last == 1
