"""Webhooks in the scaled mode: each event arrives although writers and couriers are killed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from deploy.scaled import Scaled
from progress.client import AsyncClient
from tests.progress.webhooks.receiver import Receiver
from tests.servers import scratch

PATIENCE = 90  # seconds; the lease of a killed courier lasts 30 of them


@pytest.fixture(scope="module")
def hooked_site() -> Iterator[Scaled]:
    """The scaled site, which may call receivers on this machine."""
    with scratch() as directory:
        scaled = Scaled(
            directory, durable=False, WEBHOOK_ALLOWED_HOSTS="127.0.0.1", ANALYSIS_PACE_MS="200"
        )
        try:
            scaled.start()
            yield scaled
        finally:
            scaled.kill()


async def test_killed_processes_cost_no_delivery(hooked_site: Scaled) -> None:
    web, worker = hooked_site.webs[1], hooked_site.workers[0]
    with Receiver() as receiver:
        async with AsyncClient(hooked_site.webs[0].url) as client:
            session = (await client.create_session("hooked"))["id"]
            made = await client.http.post("/api/webhooks", json={"url": receiver.url})
            assert made.status_code == 201, made.text
            asked = [await client.analyze("Max drawdown of GE", session=session) for _ in range(4)]
            await asyncio.to_thread(receiver.wait_for, 12, 30)
            await asyncio.to_thread(worker.kill)
            await asyncio.to_thread(web.kill)
            for analysis in asked:
                async with asyncio.timeout(PATIENCE):
                    _ = [event async for event in client.watch(analysis)]
            head = (await client.events(session))["head"]
            await asyncio.to_thread(has_all, receiver, head)
    arrived = [got.event["seq"] for got in receiver.received]
    assert list(dict.fromkeys(arrived)) == list(range(1, head + 1))
    ids = {got.event["seq"]: got.message for got in receiver.received}
    assert all(ids[got.event["seq"]] == got.message for got in receiver.received)


def has_all(receiver: Receiver, head: int) -> None:
    """Waits until each number up to `head` has arrived at least once."""

    def whole() -> bool:
        return {got.event["seq"] for got in receiver.received} >= set(range(1, head + 1))

    with receiver.news:
        assert receiver.news.wait_for(whole, PATIENCE), f"not all of {head} events arrived"
