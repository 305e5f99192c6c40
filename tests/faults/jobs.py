"""A job whose log is easy to check: it counts, and says where it has got to."""

import asyncio

from progress.dispatch.contract import task
from progress.service import ActiveRun, work


@task
async def count(run_id: str) -> None:
    await work(run_id, counting)


async def counting(run: ActiveRun) -> None:
    """The run's title says how many events and how many seconds between them: `300 0.01`."""
    number, pause = run.claim.run.title.split()
    for position in range(1, int(number) + 1):
        await run.ainfo(f"{run.id} {position}")
        await asyncio.sleep(float(pause))
