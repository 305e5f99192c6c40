"""PostgreSQL away for longer than the writers' patience: told, bounded, and over by itself."""

import asyncio
import signal
from collections.abc import Iterator

import httpx
import pytest

from deploy.scaled import Scaled
from tests.faults.load import under_load
from tests.servers import scratch

PATIENCE = 30


@pytest.fixture(scope="module")
def site() -> Iterator[Scaled]:
    """The scaled site with a patience of two seconds."""
    with scratch() as directory:
        scaled = Scaled(
            directory, durable=False, DJANGO_SETTINGS_MODULE="tests.faults.short_patience"
        )
        try:
            scaled.start()
            yield scaled
        finally:
            scaled.kill()


async def events_were_lost(site: Scaled) -> None:
    async with asyncio.timeout(PATIENCE):
        while not any("events lost" in worker.new_log() for worker in site.workers):
            await asyncio.sleep(0.1)


async def test_a_run_under_which_the_database_was_away_for_long_says_so(site: Scaled) -> None:
    async with under_load(site, sessions=1, events=400, states=["failed"]) as load:
        await load.shown(20)
        await asyncio.to_thread(site.postgresql.stop, 20, signal.SIGINT)
        await events_were_lost(site)
        await asyncio.to_thread(site.postgresql.start)
    for viewer in load.viewers:
        assert list(viewer.seen.values())[-1] == "Part of the log could not be stored"
    async with under_load(site):  # the same processes, which nobody had to restart
        pass


async def test_who_asks_while_the_database_is_away_is_told_and_may_come_back(
    site: Scaled,
) -> None:
    async with httpx.AsyncClient(base_url=site.webs[0].url, timeout=PATIENCE) as client:

        async def ask() -> httpx.Response:
            return await client.post("/api/analyze", json={"question": "Volatility of GE"})

        asked = await ask()
        session = asked.json()["session"]
        await asyncio.to_thread(site.postgresql.stop, 20, signal.SIGINT)
        for refused in (await ask(), await client.get(f"/api/progress/{session}/events")):
            assert refused.json()["code"] == "storage_failed"
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        page = await client.get(f"/s/{session}")
        assert (page.status_code, page.headers["Retry-After"]) == (503, "1")
        assert "The database does not answer" in page.text
        assert f'href="/s/{session}">Try again' in page.text
        await asyncio.to_thread(site.postgresql.start)
        async with asyncio.timeout(10):
            while (await ask()).status_code != 202:
                await asyncio.sleep(0.1)
