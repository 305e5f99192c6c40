"""Any faults in any order for long: `make soak`; SOAK_MINUTES=30, SOAK_SEED to repeat one."""

import asyncio
import os
import random
import time

import pytest

from deploy.scaled import Scaled
from tests.faults.load import Load, under_load
from tests.faults.test_scaled import aside, restart

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
SEED = int(os.environ.get("SOAK_SEED", "1"))


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


@pytest.mark.soak
@pytest.mark.timeout(0)
async def test_any_faults_in_any_order_lose_nothing(scaled_site: Scaled) -> None:
    chance = random.Random(SEED)
    until = time.monotonic() + MINUTES * 60
    rounds = 0
    while time.monotonic() < until:
        async with under_load(scaled_site, sessions=8, events=400, within=240) as load:
            await load.shown(10)
            faults = [await inflict(scaled_site, load, chance) for _ in range(3)]
            print(f"round {rounds}: {', '.join(faults)}")
        rounds += 1
    assert rounds
