"""Frames and addresses that no honest client sends: each ends with a code, none with a fault."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

import pytest

from progress import service, socket
from progress.models import Session
from progress.service import in_thread
from tests.progress.house import House
from tests.progress.test_socket import masked, stalled, waiting_bytes

pytestmark = pytest.mark.stack


@pytest.fixture(params=["direct", "any server"])
async def house(request, session, viewer) -> AsyncIterator[House]:
    async with House(viewer, direct=request.param == "direct") as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_fault(caplog) -> Iterator[None]:
    yield
    faults = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not faults, faults


@pytest.mark.parametrize(
    "after", ["1e3", "9223372036854775808", "9" * 5000, "٣", "1_0", "+1", " 1"]
)
async def test_a_cursor_in_the_address_is_plain_digits(house: House, session: Session, after: str):
    async with house.socket(session.id, after=quote(after)) as client:
        assert await client.close_code() == 4400


@pytest.mark.parametrize(
    "said",
    [
        '{"type":[]}',
        '{"type":{"a":1}}',
        '{"type":null}',
        '{"type":"resume"}',
        '{"type":"resume","after":"1"}',
        '{"type":"resume","after":true}',
        '{"type":"resume","after":1.0}',
        '{"type":"resume","after":18446744073709551616}',
        '{"type":"ack","seq":[1]}',
        "[" * 60_000,
        '{"type":"ack","seq":NaN}',
        '"\\ud800"',
        "",
    ],
)
async def test_a_frame_that_makes_no_sense_ends_with_4400(house: House, session: Session, said):
    async with house.socket(session.id) as client:
        await client.until("live")
        await client.connection.send(said)
        assert (await client.until("reply"))[-1]["ok"] is False
        assert await client.close_code() == 4400


async def test_a_cursor_beyond_the_log_is_reset_to_its_end(house: House, session: Session):
    await service.progress_info(session.id, "One")
    await in_thread(service.drain, 10)
    async with house.socket(session.id, after=2**63 - 1) as client:
        assert (await client.until("live"))[-2]["events"][0]["seq"] == 1
        await client.say(type="resume", after=2**62)
        assert (await client.until("reset"))[-1]["reason"] == "rewound"
        assert [event["seq"] for event in await client.events(1)] == [1]


async def test_a_frame_in_pieces_is_one_frame(house: House, session: Session):
    async with house.socket(session.id) as client:
        await client.until("live")
        await client.connection.send(['{"type":"can', 'cel","id":"p",', '"run":"x"}'])
        reply = (await client.until("reply"))[-1]
        assert (reply["id"], reply["error"]["code"]) == ("p", "run_not_found")


COMMAND = masked(b'{"type":"cancel","run":"x","id":"%s"}' % (b"x" * 60_000))
RESUME = masked(b'{"type":"resume","after":0}')
PING = b"\x89\xfd\0\0\0\0" + b"x" * 125  # each is answered by the same bytes


@pytest.mark.parametrize(
    "said", [COMMAND, RESUME * 1_000, PING * 1_000], ids=["command", "resume", "ping"]
)
async def test_who_speaks_and_reads_no_reply_is_not_listened_to(house, session, said):
    raw = await stalled(house, session)
    flood = asyncio.create_task(send_for_ever(raw, said))
    try:
        async with asyncio.timeout(3):
            [found] = [opened for opened in socket.open_sockets if opened.follower]
            while not flood.done():
                assert waiting_bytes(found) <= 1_048_576
                await asyncio.sleep(0.01)
    except TimeoutError:
        pass
    finally:
        flood.cancel()
        raw.close()


async def send_for_ever(raw, frames: bytes) -> None:
    while True:
        await asyncio.get_running_loop().sock_sendall(raw, frames)
