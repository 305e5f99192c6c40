"""Clients that wait for their results leave the threads and connections that others need."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import httpx
import psycopg
import pytest

from deploy.servers import PostgreSQL
from deploy.site import Web, environment, prepare
from tests.servers import scratch

CLIENTS = 200
PATIENCE = 60


class Site:
    """A web process on PostgreSQL, with the usual pool of connections, whose runs take long."""

    def __init__(self, database: PostgreSQL, web: Web) -> None:
        self.database, self.web = database, web

    def runs(self) -> int:
        with psycopg.connect(self.database.url) as connection:
            found = connection.execute("SELECT count(*) FROM progress_run").fetchone()
        assert found is not None
        return int(found[0])


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with scratch() as directory:
        database = PostgreSQL(directory, durable=False)
        database.start()
        env = environment(
            directory / "var", DATABASE_URL=database.url, ANALYSIS_PACE_MS=str(PATIENCE * 1000)
        )
        prepare(env)
        web = Web(env, directory / "web.log")
        try:
            web.start()
            yield Site(database, web)
        finally:
            web.kill()
            database.kill()


@contextlib.asynccontextmanager
async def waiting_clients(
    site: Site, client: httpx.AsyncClient
) -> AsyncIterator[list[asyncio.Task[httpx.Response]]]:
    """Asks with `Prefer: wait`, a few clients at a time, until the runs of all are queued."""
    asking: list[asyncio.Task[httpx.Response]] = []
    try:
        for _ in range(CLIENTS // 10):
            asking += [asyncio.create_task(ask(client, "wait=60")) for _ in range(10)]
            async with asyncio.timeout(PATIENCE):
                while await asyncio.to_thread(site.runs) < len(asking):
                    await asyncio.sleep(0.02)
        yield asking
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


async def ask(client: httpx.AsyncClient, prefer: str) -> httpx.Response:
    question = {"question": "Volatility of GE"}
    return await client.post("/api/analyze", json=question, headers={"Prefer": prefer})


async def test_two_hundred_clients_that_wait_do_not_keep_others_from_being_answered(
    site: Site,
) -> None:
    room = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=site.web.url, timeout=PATIENCE, limits=room) as client,
        waiting_clients(site, client) as asking,
    ):
        for address in ("/", "/history", "/api/market", "/health/ready"):
            assert (await client.get(address)).status_code == 200, address
        assert (await ask(client, "respond-async")).status_code == 202
        ended = [task.result().status_code for task in asking if task.done()]
        assert set(ended) <= {200, 202}, ended
