"""The scaled mode loses, doubles and reorders nothing, whatever part of it fails.

Every test works on real processes: two web processes, two workers, PostgreSQL and Valkey. Leaving
`under_load` waits for the end of all runs and compares what viewers saw with what is stored.
"""

import asyncio
import re
import signal
from collections.abc import Callable

import httpx

from deploy.processes import Process
from deploy.scaled import Scaled
from tests.faults.load import Load, under_load


async def aside(function: Callable, *arguments: object) -> None:
    """A blocking step, while the viewers go on."""
    await asyncio.to_thread(function, *arguments)


async def restart(process: Process) -> None:
    await aside(process.kill)
    await aside(process.start)


async def test_without_a_fault_everybody_sees_everything(scaled_site: Scaled) -> None:
    async with under_load(scaled_site) as load:
        await load.shown(10)
    assert all(viewer.connections == 1 for viewer in load.viewers)


async def test_what_workers_stored_stands_in_their_metrics(scaled_site: Scaled) -> None:
    async with under_load(scaled_site, sessions=4, events=50):
        pass
    async with httpx.AsyncClient() as client:
        told = [(await client.get(worker.metrics)).text for worker in scaled_site.workers]
    stored = re.findall(r"^progress_events_stored_total (\S+)$", "\n".join(told), re.MULTILINE)
    assert len(stored) == len(scaled_site.workers)
    assert sum(map(float, stored)) >= 4 * 50


async def test_a_killed_web_process_costs_its_viewers_nothing(scaled_site: Scaled) -> None:
    async with under_load(scaled_site) as load:
        await load.shown(20)
        await restart(scaled_site.webs[0])


async def test_the_runs_of_a_killed_worker_are_repeated(scaled_site: Scaled) -> None:
    async with under_load(scaled_site, sessions=6) as load:
        await load.shown(20)
        await restart(scaled_site.workers[0])


async def test_redis_may_be_killed_and_started_again(scaled_site: Scaled) -> None:
    async with under_load(scaled_site) as load:
        await load.shown(20)
        await restart(scaled_site.valkey)


async def test_redis_may_be_flushed(scaled_site: Scaled) -> None:
    async with under_load(scaled_site) as load:
        await load.shown(20)
        await aside(scaled_site.valkey.flush)


async def test_redis_may_stand_still_for_seconds(scaled_site: Scaled) -> None:
    async with under_load(scaled_site) as load:
        await load.shown(20)
        scaled_site.valkey.pause()
        await asyncio.sleep(3)  # the fault itself
        scaled_site.valkey.resume()


async def test_postgresql_may_be_restarted(scaled_site: Scaled) -> None:
    async with under_load(scaled_site) as load:
        await load.shown(20)
        await aside(scaled_site.postgresql.stop, 20, signal.SIGINT)
        await aside(scaled_site.postgresql.start)


async def test_postgresql_may_be_killed(scaled_site: Scaled) -> None:
    async with under_load(scaled_site) as load:
        await load.shown(20)
        await restart(scaled_site.postgresql)


async def test_postgresql_may_stand_still_for_seconds(scaled_site: Scaled) -> None:
    async with under_load(scaled_site, events=300) as load:
        await load.shown(20)
        scaled_site.postgresql.pause()
        shown = await standstill(load)
        await asyncio.sleep(3)  # the fault itself
        assert [viewer.cursor for viewer in load.viewers] == shown
        assert not any(viewer.ended.is_set() for viewer in load.viewers)
        scaled_site.postgresql.resume()


async def standstill(load: Load) -> list[int]:
    """Where the viewers are once what had been stored before has reached them."""
    shown: list[int] = []
    while shown != (shown := [viewer.cursor for viewer in load.viewers]):
        await asyncio.sleep(1)
    return shown


async def test_a_viewer_that_is_cut_fifty_times_misses_nothing(scaled_site: Scaled) -> None:
    async with under_load(scaled_site, sessions=1, events=1000, pause=0.01) as load:
        for cuts in range(50):
            await load.connected(cuts + 1)
            for viewer in load.viewers:
                viewer.cut()
    assert all(viewer.connections >= 51 for viewer in load.viewers)


async def test_a_web_process_that_ends_tells_its_viewers_to_come_back(scaled_site: Scaled) -> None:
    async with under_load(scaled_site) as load:
        await load.shown(20)
        await aside(scaled_site.webs[1].stop)
        await aside(scaled_site.webs[1].start)
    assert any(1012 in viewer.closed_with for viewer in load.viewers)


async def test_a_worker_that_ends_finishes_its_runs_or_gives_them_back(scaled_site: Scaled) -> None:
    async with under_load(scaled_site, sessions=6, events=600) as load:
        await load.shown(20)
        await aside(scaled_site.workers[1].stop)
        await aside(scaled_site.workers[1].start)
