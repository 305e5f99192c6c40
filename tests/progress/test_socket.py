"""One WebSocket from its greeting to its end."""

import asyncio
import uuid

from progress import service
from progress.models import Session
from tests.progress.house import House


async def report(session: Session, count: int, first: int = 1) -> None:
    for number in range(first, first + count):
        await service.progress_info(session.id, f"event {number}")
    assert await asyncio.to_thread(service.drain, 10)


async def test_a_viewer_is_greeted_caught_up_and_then_live(house: House, session: Session):
    await report(session, 3)
    async with house.socket(session.id) as client:
        frames = await client.until("live")
        await report(session, 2, first=4)
        later = await client.events(5)
    assert [frame["type"] for frame in frames] == ["ready", "events", "live"]
    assert frames[0] == {
        "type": "ready", "head": 3, "first": 1, "heartbeat": 15.0, "ack": False,
    }  # fmt: skip
    assert [event["seq"] for event in frames[1]["events"]] == [1, 2, 3]
    assert [event["message"] for event in later] == ["event 4", "event 5"]


async def test_a_viewer_who_comes_back_gets_exactly_what_it_missed(house: House, session: Session):
    await report(session, 5)
    async with house.socket(session.id, after=3) as client:
        assert [event["seq"] for event in await client.events(5)] == [4, 5]


async def test_a_session_that_does_not_exist_closes_with_4404(house: House):
    async with house.socket(uuid.uuid4()) as client:
        assert await client.close_code() == 4404
