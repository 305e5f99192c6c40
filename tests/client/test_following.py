"""The client's rules, one by one."""

import asyncio
import json
import subprocess
import sys
from contextlib import aclosing

import httpx
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request

from progress.client import following
from progress.client.errors import Broken, ConnectionRefused
from progress.client.following import LONGEST, Follower
from progress.client.transports import (
    Place,
    ending,
    frame_of,
    parse,
    poll,
    reaction,
    server_sent,
    websocket,
)


@pytest.fixture
def follower() -> Follower:
    return Follower(httpx.AsyncClient(), "s", 3, ("websocket", "sse", "poll"))


def events(*numbers: int) -> dict:
    return {"type": "events", "events": [{"seq": number} for number in numbers]}


def numbers(found: list) -> list[int]:
    return [event["seq"] for event in found]


def test_what_was_seen_is_dropped(follower):
    assert numbers(follower.take(events(1, 2, 3, 4, 4, 5))) == [4, 5]
    assert not follower.place.again


def test_a_gap_is_asked_for_again_from_the_last_event(follower):
    assert numbers(follower.take(events(4, 6, 7))) == [4]
    assert reaction(follower.place) == {"type": "resume", "after": 4}
    assert reaction(follower.place) == {"type": "ack", "seq": 4}


def test_a_head_beyond_the_last_event_is_asked_for_at_the_heartbeat(follower):
    follower.take({"type": "heartbeat", "head": 3})
    assert not follower.place.again
    follower.take({"type": "heartbeat", "head": 4})
    assert follower.place.again


def test_a_reset_goes_on_with_the_first_event_that_is_left(follower):
    follower.take({"type": "reset", "reason": "cleared", "first": 10, "head": 12})
    assert numbers(follower.take(events(10, 11))) == [10, 11]


def test_pauses_have_full_jitter_and_double_to_a_bound(follower):
    follower.names = ["poll"]
    for attempt in range(12):
        pauses = []
        for _ in range(100):
            follower.attempt = attempt
            pauses.append(follower.pause_after(True))
        bound = min(LONGEST, 0.5 * 2**attempt)
        assert min(pauses) < bound * 0.3 and bound * 0.7 < max(pauses) <= bound


def test_two_failures_in_a_row_change_the_transport(follower):
    for through, name in ((False, "websocket"), (True, "websocket"), (False, "websocket"),
                          (False, "sse"), (False, "sse"), (False, "poll"), (False, "poll"),
                          (False, "poll")):  # fmt: skip
        follower.pause_after(through)
        assert follower.transport == name


def test_a_goodbye_says_when_to_come_back(follower):
    pauses = [follower.parting({"type": "bye", "retry_ms": [200, 3000]}) for _ in range(200)]
    assert 0.2 <= min(pauses) < 0.6 and 2.5 < max(pauses) <= 3.0
    assert follower.parting({"type": "live", "seq": 3}) is None


@pytest.mark.parametrize("code", [4400, 4401, 4403, 4404])
def test_a_refusal_is_final(code):
    assert isinstance(ending(code), ConnectionRefused)


@pytest.mark.parametrize("code", [1006, 1011, 1012, 4408, 4429])
def test_other_ends_are_not(code):
    assert not isinstance(ending(code), ConnectionRefused)


async def test_server_sent_events_are_read_as_the_standard_says():
    async def lines():
        for line in (":hello", "retry: 1500", "", "event: progress", "id: 1", 'data: {"seq":',
                     "data:1}", "", "data: {}", "", "event: reset", "", "id: 7", ""):  # fmt: skip
            yield line

    found = [message async for message in parse(lines())]
    assert found == [("heartbeat", "{}"), ("progress", '{"seq":\n1}'), ("message", "{}")]
    assert frame_of(*found[1]) == {"type": "events", "events": [{"seq": 1}]}


async def test_a_server_below_a_prefix_is_asked_below_it_with_who_we_are():
    asked: list[Request] = []

    async def answer(connection: ServerConnection) -> None:
        assert connection.request is not None
        asked.append(connection.request)
        await connection.send('{"type": "live", "seq": 7}')

    async with serve(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        headers = {"Authorization": "Bearer t"}
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/live", headers=headers) as http,
            aclosing(websocket(http, "s", Place(7))) as frames,
        ):
            assert (await anext(frames))["type"] == "live"
    assert asked[0].path == "/live/ws/progress/s?after=7"
    assert asked[0].headers["Authorization"] == "Bearer t"


async def test_a_socket_that_falls_silent_is_given_up():
    async def fall_silent(connection: ServerConnection) -> None:
        await connection.send('{"type": "ready", "head": 0, "first": 1, "heartbeat": 0.05}')
        await connection.wait_closed()

    async with serve(fall_silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
            aclosing(websocket(http, "s", Place(0))) as frames,
            asyncio.timeout(20),
        ):
            assert (await anext(frames))["type"] == "ready"
            with pytest.raises(Broken):
                await anext(frames)


def server_that_says(text: str) -> httpx.AsyncClient:
    says = httpx.MockTransport(lambda request: httpx.Response(200, text=text))
    return httpx.AsyncClient(transport=says, base_url="http://server")


async def test_a_stream_is_left_for_what_is_wanted_again():
    place = Place(0)
    text = 'data: {"seq": 1}\n\ndata: {"seq": 3}\n\ndata: {"seq": 4}\n\n'
    found = []
    async with server_that_says(text) as http, aclosing(server_sent(http, "s", place)) as frames:
        async for frame in frames:
            found.append(frame)
            place.again = frame == events(3)  # a gap, as the follower sees it
    assert found == [{"type": "ready"}, events(1), events(3)]


@pytest.mark.parametrize("last", [2, 8])
async def test_a_page_of_a_log_that_was_cleared_or_set_back_is_a_reset(last):
    page = json.dumps({"first": 5, "head": 7, "events": [{"seq": 5}]})
    async with server_that_says(page) as http, aclosing(poll(http, "s", Place(last))) as frames:
        reset = await anext(frames)
        assert reset == {"type": "reset", "reason": "cleared", "head": 7, "first": 5}
        assert await anext(frames) == events(5)


async def test_after_a_good_connection_pauses_begin_anew(monkeypatch):
    monkeypatch.setattr(following, "STABLE", -1.0)  # every connection is a good one
    page = json.dumps({"first": 5, "head": 7, "events": [{"seq": 5}]})
    answers = iter([httpx.Response(502), httpx.Response(200, text=page)])
    server = httpx.MockTransport(lambda request: next(answers))
    async with httpx.AsyncClient(transport=server, base_url="http://server") as http:
        follower = Follower(http, "s", 4, ("poll",))
        follower.attempt = 30  # and so a pause of up to 20 seconds
        async with aclosing(follower.events()) as found:
            assert await anext(found) == {"seq": 5}
    assert follower.attempt == 1


def test_a_place_begins_without_wishes():
    assert reaction(Place(0)) == {"type": "ack", "seq": 0}


def test_the_client_does_without_django():
    code = "import json, sys, progress.client; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    roots = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert roots.isdisjoint({"django", "channels", "rest_framework", "analysis"})
