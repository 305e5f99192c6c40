"""One peer as a server process, told what to do over stdin: `python -m benchmarks.host tickertape`.

Commands and answers are lines of JSON: `prepare`, `emit`, `load` (fill one log), `cost`, `usage`.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib
import json
import os
import sys
import time
from typing import Any

import psutil
import uvicorn

from analysis_site.collector import spare_the_collector


class Host:
    """A uvicorn and the jobs inside of it."""

    def __init__(self, name: str) -> None:
        self.peer = importlib.import_module(f"benchmarks.peers.{name}")
        self.process = psutil.Process()
        self.server = uvicorn.Server(
            uvicorn.Config(
                self.peer.application,
                port=0,
                log_level="error",
                lifespan="off",
                backlog=4096,
                timeout_graceful_shutdown=1,
                **self.peer.SERVER,
            )
        )

    async def serve(self) -> None:
        serving = asyncio.create_task(self.server._serve())
        while not self.server.started:
            await asyncio.sleep(0.01)
        spare_the_collector()  # as the site's own server does; here every peer gains by it
        port = self.server.servers[0].sockets[0].getsockname()[1]
        tell({"port": port, "headers": self.peer.headers(), "transport": self.peer.TRANSPORT})
        commands = await lines()
        while line := await commands.readline():
            command = json.loads(line)
            tell(await getattr(self, command.pop("do"))(**command))
        self.server.should_exit = True
        await serving

    async def prepare(self, sessions: int) -> dict[str, Any]:
        found = await asyncio.to_thread(self.peer.prepare, sessions)
        return {"sessions": found, "paths": [self.peer.path(session) for session in found]}

    async def usage(self) -> dict[str, Any]:
        gc.collect()
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        return {
            "cpu": time.process_time(),
            "rss": self.process.memory_info().rss,
            **self.peer.facts(),
        }

    async def load(self, session: str, count: int) -> dict[str, Any]:
        for number in range(count):
            await self.peer.emit(session, "@@0.")
            if number % 100 == 0:
                await asyncio.sleep(0)  # as a job that also waits for other things
        await asyncio.to_thread(self.peer.settle)
        return {}

    async def emit(self, sessions: list[str], rate: float, seconds: float) -> dict[str, Any]:
        """Every session emits `rate` events a second; those that cannot keep up emit fewer."""
        started = time.process_time()
        # Jobs do not beat in time: each begins at a moment of its own.
        starts = [place / len(sessions) / rate for place in range(len(sessions))]
        jobs = (self._job(s, rate, seconds, w) for s, w in zip(sessions, starts, strict=True))
        emitted = await asyncio.gather(*jobs)
        await asyncio.to_thread(self.peer.settle)
        await asyncio.sleep(0.5)  # until what is on its way has arrived
        return {"emitted": sum(emitted), "cpu": time.process_time() - started, **self.peer.facts()}

    async def _job(self, session: str, rate: float, seconds: float, wait: float) -> int:
        await asyncio.sleep(wait)
        clock = time.monotonic
        start = clock()
        number = 0
        while (now := clock() - start) < seconds:
            due = min(int(now * rate) + 1, int(seconds * rate))
            while number < due and clock() - start < seconds:
                await self.peer.emit(session, f"@@{time.monotonic_ns()}.")
                number += 1
            await asyncio.sleep(max(0.0, (number / rate) - (clock() - start)))
        return number

    async def cost(self, session: str, count: int) -> dict[str, Any]:
        """What a job pays for a call, in microseconds: the median of batches of 100."""
        costs = []
        for _ in range(count // 100):
            started = time.perf_counter()
            for _ in range(100):
                await self.peer.emit(session, "Reading row 1234 of 5000")
            costs.append((time.perf_counter() - started) * 10_000)
            await asyncio.to_thread(self.peer.settle)
        return {"microseconds": sorted(costs)[len(costs) // 2]}


async def lines() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1 << 22)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return reader


def tell(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    import django

    django.setup()
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Host(sys.argv[1]).serve())


if __name__ == "__main__":
    main()
