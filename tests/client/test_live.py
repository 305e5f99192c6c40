"""The client against the real site: the main job, and everything that breaks in the middle."""

import asyncio
import itertools
import os
import signal
import threading
from collections.abc import AsyncIterator

import pytest

from progress.client import ApiError, AsyncClient, Client, ClientError, ConnectionRefused
from progress.client.shapes import Event

QUESTION = "What stocks have highest volatility?"
UNCLEAR = "best stock"


async def to_the_end(events: AsyncIterator[Event]) -> list[Event]:
    async with asyncio.timeout(20):
        return [event async for event in events]


def check_whole(events: list[Event]) -> None:
    """Each event once, in order, from the first to the one that ends the run."""
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["data"]["state"] == "succeeded"


def test_a_program_asks_watches_and_reads_the_answer(slow_site):
    with Client(slow_site.url) as client:
        analysis = client.analyze(QUESTION)
        messages = [event["message"] for event in client.watch(analysis)]
        answer = client.analysis(analysis["id"])["answer"]
    assert "Analysis results ready for display" in messages
    assert "RRC" in answer and "70.4" in answer


def test_a_stream_can_be_left_in_the_middle(slow_site):
    with Client(slow_site.url) as client:
        analysis = client.analyze(QUESTION)
        first = list(itertools.islice(client.follow(analysis["session"]), 3))
        rest = list(client.watch(analysis, after=first[-1]["seq"]))
    check_whole([*first, *rest])


async def test_an_answer_can_be_waited_for(client):
    analysis = await client.analyze(QUESTION, wait=20)
    assert analysis["status"] == "succeeded" and analysis["table"]


async def test_search_and_execute_stream_like_any_run(client):
    for started in (
        await client.search("oil companies"),
        await client.execute("SELECT count(*) AS n FROM prices"),
    ):
        events = await to_the_end(client.watch(started))
        check_whole(events)
        done = await client.analysis(started["id"])
        assert done["status"] == "succeeded" and done["table"]["rows"]


async def test_a_run_is_cancelled_and_tried_again(client):
    analysis = await client.analyze(QUESTION)
    states = []
    async for event in client.watch(analysis):
        if event["kind"] == "step":
            await client.cancel(analysis["id"])
        states += [event["data"]["state"]] if event["kind"] == "state" else []
    assert states[-1] == "cancelled"
    again = await client.retry(analysis["id"], wait=20)
    assert again["status"] == "succeeded" and again["session"] == analysis["session"]


async def test_a_question_of_the_server_is_answered(client):
    analysis = await client.analyze(UNCLEAR)
    asked = 0
    async for event in client.watch(analysis):
        if event["kind"] == "ask" and event["data"]["state"] == "open":
            asked, ask = asked + 1, event["data"]
            await client.answer(analysis["id"], ask["id"], choice=ask["choices"][0]["value"])
            with pytest.raises(ApiError) as refused:
                await client.answer(analysis["id"], ask["id"], choice=ask["choices"][0]["value"])
            assert (refused.value.status, refused.value.code) == (409, "conflict")
    assert asked == 1
    assert (await client.analysis(analysis["id"]))["status"] == "succeeded"


@pytest.mark.parametrize("transport", ["websocket", "sse", "poll"])
async def test_each_transport_gives_the_same_events(client, transport):
    client.transports = (transport,)
    analysis = await client.analyze(QUESTION)
    events = await to_the_end(client.watch(analysis))
    check_whole(events)
    stored = (await client.events(analysis["session"], limit=1000))["events"]
    assert events == stored[: len(events)]


@pytest.mark.parametrize("transport", ["websocket", "sse", "poll"])
async def test_a_connection_that_is_cut_in_the_middle_loses_nothing(client, cable, transport):
    client.transports = (transport,)
    analysis = await client.analyze(QUESTION)
    cable.budgets = [700, 1500, 2500]
    check_whole(await to_the_end(client.watch(analysis)))
    assert cable.budgets == [] and cable.opened >= 4


async def test_without_websockets_it_falls_back_to_server_sent_events(client, cable):
    cable.blocked = [b"upgrade: websocket"]
    analysis = await client.analyze(QUESTION)
    follower = client.follower(analysis["session"])
    assert await one_of(follower) == 1
    assert follower.transport == "sse"


async def test_without_streams_it_falls_back_to_long_poll(client, cable):
    analysis = await client.analyze(QUESTION)
    cable.blocked = [b"upgrade: websocket", b"get /api/progress/%s?" % analysis["session"].encode()]
    follower = client.follower(analysis["session"])
    assert await one_of(follower) == 1
    assert follower.transport == "poll"


async def one_of(follower) -> int:
    async with asyncio.timeout(20):
        async for event in follower.events():
            return event["seq"]
    raise AssertionError


@pytest.mark.parametrize("transport", ["websocket", "sse", "poll"])
async def test_a_log_that_is_cleared_meanwhile_goes_on(client, transport):
    client.transports = (transport,)
    first = await client.analyze(QUESTION, wait=20)
    events = client.follow(first["session"])
    seen = [await anext(events)]
    await client.clear(first["session"])
    second = await client.analyze("Max drawdown of GE", session=first["session"])
    async with asyncio.timeout(10):
        while seen[-1]["run"] != second["run"] or seen[-1]["kind"] != "result":
            seen.append(await anext(events))
    await events.aclose()
    numbers = [event["seq"] for event in seen]
    assert numbers == sorted(set(numbers))
    news = [event for event in seen if event["run"] == second["run"]]
    stored = await client.events(first["session"], limit=1000)
    assert news == [event for event in stored["events"] if event["seq"] <= numbers[-1]]


async def test_refusals_carry_their_code_and_fields(client):
    with pytest.raises(ApiError) as refused:
        await client.analyze("")
    assert refused.value.status == 400
    assert [error["field"] for error in refused.value.errors] == ["question"]
    assert refused.value.request_id
    with pytest.raises(ApiError) as missing:
        await client.analysis("00000000-0000-4000-8000-000000000000")
    assert missing.value.status == 404


@pytest.mark.parametrize("transport", ["websocket", "sse", "poll"])
async def test_a_session_of_somebody_else_is_refused_for_good(client, slow_site, transport):
    mine = await client.create_session("mine")
    async with AsyncClient(slow_site.url, transports=[transport]) as stranger:
        await stranger.create_session("theirs")
        with pytest.raises(ConnectionRefused):
            await to_the_end(stranger.follow(mine["id"]))


async def test_the_same_key_asks_once(client):
    first = await client.analyze(QUESTION, idempotency_key="only-once")
    second = await client.analyze(QUESTION, idempotency_key="only-once")
    assert first["id"] == second["id"]


async def test_a_server_that_is_away_is_an_error_of_ours():
    async with AsyncClient("http://127.0.0.1:9") as client:
        with pytest.raises(ClientError, match="cannot be reached"):
            await client.create_session()


@pytest.mark.timeout(30)
def test_ctrl_c_in_the_middle_of_a_wait_ends_the_stream_and_is_heard(slow_site):
    with Client(slow_site.url) as client:
        session = client.create_session()["id"]
        threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
        with pytest.raises(KeyboardInterrupt):
            next(client.follow(session))
        assert client.events(session)["events"] == []
