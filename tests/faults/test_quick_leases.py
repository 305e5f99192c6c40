"""What takes leases to be noticed, here of two seconds, and what must not depend on a clock."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.scaled import Scaled
from tests.faults.browsers import browser
from tests.faults.load import under_load
from tests.servers import scratch


@pytest.fixture(scope="module")
def clock() -> Iterator[Path]:
    with scratch() as directory:
        file = directory / "offset"
        file.write_text("0")
        yield file


@pytest.fixture(scope="module")
def site(clock: Path) -> Iterator[Scaled]:
    """The scaled site with a clock of its own and leases of two seconds."""
    with scratch() as directory:
        scaled = Scaled(
            directory,
            durable=False,
            CLOCK_OFFSET=str(clock),
            ANALYSIS_PACE_MS="400",
            DJANGO_SETTINGS_MODULE="tests.faults.quick_leases",
        )
        for process in (*scaled.webs, *scaled.workers):
            process.command[:2] = [sys.executable, "-m", "tests.faults.stepping_clock"]
        try:
            scaled.start()
            yield scaled
        finally:
            scaled.kill()


def set_clock(file: Path, seconds: int) -> None:
    new = file.with_suffix(".new")
    new.write_text(str(seconds))
    os.replace(new, file)


async def test_the_clock_may_be_set_back_during_runs(site: Scaled, clock: Path) -> None:
    async with under_load(site, events=150) as load:
        await load.shown(20)
        set_clock(clock, -3600)
        await load.shown(60)
        set_clock(clock, 1800)
    assert all(viewer.connections == 1 for viewer in load.viewers)


async def replace_dead_workers(site: Scaled) -> None:
    for worker in site.workers:
        if not worker.is_running:
            await asyncio.to_thread(worker.start)


async def test_a_run_that_kills_its_worker_every_time_ends_as_interrupted(site: Scaled) -> None:
    states = ["interrupted"]
    async with under_load(site, sessions=1, job="kill_worker", states=states) as load:
        while not all(viewer.ended.is_set() for viewer in load.viewers):
            await replace_dead_workers(site)
            await asyncio.sleep(0.1)
    await replace_dead_workers(site)
    told = list(load.viewers[0].seen.values())
    assert "Interrupted" in told[-1]


async def test_a_worker_that_stood_still_for_long_does_not_write_any_more(site: Scaled) -> None:
    async with under_load(site, sessions=6, events=150) as load:
        await load.shown(20)
        site.workers[0].pause()
        await asyncio.sleep(5)  # the fault itself: its runs are taken from it
        site.workers[0].resume()


async def test_a_cancel_through_another_process_takes_effect_within_half_a_second(
    site: Scaled,
) -> None:
    async with browser(site.webs[0]) as user:
        analysis = await user.ask("CAGR of MSFT")
        await user.see(analysis, "running")
        began = time.monotonic()
        other = f"{site.webs[1].url}/api/analyses/{analysis['id']}/cancel"
        assert (await user.client.post(other)).status_code == 200
        await user.see(analysis, "cancelled")
        assert time.monotonic() - began < 0.5
