"""Any faults in any order for long: `make soak`; SOAK_MINUTES=30, SOAK_SEED to repeat one."""

import asyncio
import os
import random
import time
from pathlib import Path

import pytest

from deploy.processes import Process
from deploy.scaled import Scaled
from tests.faults.load import Load, under_load
from tests.faults.test_scaled import aside, restart

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
MOST_MEGABYTES = 500


async def inflict(site: Scaled, load: Load, chance: random.Random) -> str:
    """One fault, healed again; returns its name."""
    process = chance.choice(site.processes)
    fault = chance.choice(["kill", "pause", "flush", "cut", "stop"])
    if fault == "pause":
        process.pause()
        await asyncio.sleep(chance.uniform(0.1, 5))
        process.resume()
    elif fault == "flush":
        await aside(site.valkey.flush)
    elif fault == "cut":
        for viewer in load.viewers:
            viewer.cut()
    elif fault == "stop" and process not in (site.postgresql, site.valkey):
        await aside(process.stop)
        await aside(process.start)
    else:
        await restart(process)
    return f"{fault} {process.name}"


def megabytes(process: Process) -> int:
    """Its resident memory; 0 for one that has just ended."""
    if process.popen is None or not process.is_running:
        return 0
    status = Path(f"/proc/{process.popen.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


@pytest.mark.soak
@pytest.mark.timeout(0)
async def test_any_faults_in_any_order_lose_nothing(scaled_site: Scaled) -> None:
    site, chance = scaled_site, random.Random(SEED)
    until = time.monotonic() + MINUTES * 60
    rounds = 0
    while time.monotonic() < until:
        async with under_load(site, sessions=8, events=400, within=240) as load:
            await load.shown(10)
            faults = [await inflict(site, load, chance) for _ in range(3)]
        largest = max(megabytes(process) for process in (*site.webs, *site.workers))
        print(f"round {rounds}: {', '.join(faults)}; largest process {largest} MB", flush=True)
        assert largest < MOST_MEGABYTES
        rounds += 1
    assert rounds
