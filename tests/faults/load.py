"""Counting runs with viewers, as the background of a fault."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.scaled import Scaled
from deploy.site import ROOT
from tests.faults import audit
from tests.faults.viewers import Viewer

FINISHED = ["succeeded"]


class Load:
    """Sessions with one counting run each, and two viewers a session."""

    def __init__(self, site: Scaled, cookie: str, sessions: list[str]):
        self.site = site
        self.cookie = cookie
        self.sessions = sessions
        addresses = [web.url for web in site.webs]
        self.viewers = [
            Viewer(order, session, cookie)
            for session in sessions
            for order in (addresses, addresses[::-1])
        ]

    async def shown(self, events: int) -> None:
        """Waits until every viewer has been shown so many events: the load is under way."""
        async with asyncio.timeout(30):
            while min(viewer.cursor for viewer in self.viewers) < events:
                await asyncio.sleep(0.02)

    async def connected(self, times: int) -> None:
        """Waits until every viewer has connected so often."""
        async with asyncio.timeout(30):
            while min(viewer.connections for viewer in self.viewers) < times:
                await asyncio.sleep(0.01)

    def verify(self, states: list[str]) -> None:
        """Lost 0, doubled 0, reordered 0, stuck 0."""
        for viewer in self.viewers:
            session = audit.stored(self.site.env, viewer.session)
            assert session.states == states
            audit.assert_gapless(session)
            audit.assert_complete(session)
            audit.assert_shown(viewer, session)


@asynccontextmanager
async def under_load(
    site: Scaled,
    sessions: int = 4,
    events: int = 200,
    pause: float = 0.02,
    job: str = "count",
    within: float = 60,
    states: list[str] = FINISHED,
) -> AsyncIterator[Load]:
    """Inside, runs are counting and viewers watch; leaving waits for their end and verifies."""
    load = await asyncio.to_thread(start, site, job, sessions, events, pause)
    following = [asyncio.create_task(viewer.follow()) for viewer in load.viewers]
    try:
        yield load
        async with asyncio.timeout(within):
            await asyncio.gather(*following)
    finally:
        for task in following:
            task.cancel()
    load.verify(states)


def start(site: Scaled, *arguments: object) -> Load:
    command = [sys.executable, "-m", "tests.faults.start_runs", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=site.env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Load(site, **json.loads(done.stdout.splitlines()[-1]))
