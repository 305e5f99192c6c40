"""`python -m benchmarks`: measures this project and its peers, writes docs/performance.md.

Each peer is a fresh server process on the first core; the viewers are this process, on the last.
`--only events,storm` measures some scenarios, `--seconds 10` longer, `--keep` writes no document.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import uvloop

from benchmarks import report, scenarios
from benchmarks.answers import answers
from benchmarks.peer import Peer
from benchmarks.scenarios import Numbers
from benchmarks.two import between_processes, two_processes
from deploy.servers import PostgreSQL, Valkey

PEERS = ("tickertape", "tutorial", "fastapi_sse", "eventstream")
ALL = ("events", "steady", "fan_out", "idle", "cost", "storm", "stalled")
SCALED = {"apart": between_processes, "two": two_processes}
# What peers cannot do or would take minutes for: without a log nobody can come back to them, and
# at milliseconds an event the log of a stalled reader never fills.
LEFT_OUT: dict[str, set[str]] = {
    "tickertape": set(),
    "tutorial": {"storm", "stalled"},
    "fastapi_sse": {"storm"},
    "eventstream": {"storm", "stalled"},
}

RUNS = 3

Results = dict[str, dict[str, Numbers]]


@contextlib.contextmanager
def surroundings() -> Iterator[dict[str, str]]:
    """A Redis, an empty migrated database, and the environment that names them."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as path:
        valkey = Valkey(Path(path))
        valkey.start()
        env = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "BENCH_DATABASE": f"sqlite:///{path}/bench.sqlite3",
            "BENCH_REDIS_PORT": str(valkey.port),
        }
        try:
            migrate(env)
            yield env
        finally:
            valkey.kill()


def migrate(env: dict[str, str]) -> None:
    command = [sys.executable, "-m", "django", "migrate", "--skip-checks", "-v0"]
    subprocess.run(command, env=os.environ | env, check=True)


async def measure(peer: str, wanted: list[str], seconds: float) -> dict[str, Numbers]:
    """All scenarios of one peer; what fails is left out and said."""
    found = {}
    for name in wanted:
        if name not in LEFT_OUT[peer]:
            try:
                found[name] = await median(functools.partial(single, peer, name, seconds))
            except (TimeoutError, RuntimeError) as error:
                print(f"{peer} {name}: {error!r}", file=sys.stderr)
            print(peer, name, json.dumps(found.get(name)), flush=True)
    return found


async def median(once: Callable[[], Awaitable[Numbers]]) -> Numbers:
    """Each number by itself: CPU and latencies move by a tenth from run to run."""
    runs = [await once() for _ in range(RUNS)]
    return {field: statistics.median(run[field] for run in runs) for field in runs[0]}


async def single(peer_name: str, scenario: str, seconds: float) -> Numbers:
    with surroundings() as env:
        async with Peer(peer_name, env) as peer:
            return await scenarios.run(peer, getattr(scenarios, scenario), seconds)


async def scaled(name: str, seconds: float) -> Numbers:
    """A scenario of several processes on PostgreSQL and Redis."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as path:
        servers = PostgreSQL(Path(path), durable=False), Valkey(Path(path))
        try:
            for server in servers:
                server.start()
            env = {
                "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
                "BENCH_DATABASE": servers[0].url,
                "BENCH_REDIS_PORT": str(servers[1].port),
            }
            migrate(env)
            return await SCALED[name](env, seconds)
        finally:
            for server in servers:
                server.kill()


async def everything(options: argparse.Namespace) -> None:
    wanted = options.only.split(",") if options.only else [*ALL, *SCALED, "answers"]
    results: Results = {}
    for peer in options.peers.split(","):
        results[peer] = await measure(peer, [w for w in wanted if w in ALL], options.seconds)
    for name in filter(SCALED.__contains__, wanted):
        once = functools.partial(scaled, name, options.seconds)
        found = results["tickertape"][name] = await median(once)
        print("tickertape", name, json.dumps(found), flush=True)
    if "answers" in wanted:
        os.sched_setaffinity(0, range(os.cpu_count() or 1))  # the site has the whole machine
        results["tickertape"]["answers"] = await asyncio.to_thread(answers)
        print("tickertape answers", json.dumps(results["tickertape"]["answers"]))
    if not options.keep:
        report.write(results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="scenarios, separated by commas")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--keep", action="store_true", help="leave docs/performance.md alone")
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    uvloop.run(everything(options))


if __name__ == "__main__":
    main()
