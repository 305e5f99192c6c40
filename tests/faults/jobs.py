"""A job whose log is easy to check: it counts, and says where it has got to."""

import asyncio
import os
import signal

from progress.dispatch.contract import task
from progress.service import ActiveRun, work


@task
async def count(run_id: str) -> None:
    await work(run_id, counting)


@task
async def kill_worker(run_id: str) -> None:
    await work(run_id, killing)


async def killing(run: ActiveRun) -> None:
    """As a job does that the system ends for using too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


async def counting(run: ActiveRun) -> None:
    """The run's title says how many events and how many seconds between them: `300 0.01`."""
    number, pause = run.claim.run.title.split()
    for position in range(1, int(number) + 1):
        await run.ainfo(f"{run.id} {position}")
        await asyncio.sleep(float(pause))
