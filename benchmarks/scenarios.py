"""What is measured. Each scenario takes a started peer and gives back plain numbers."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from benchmarks.peer import Peer
from benchmarks.viewers import Tally, close, connect

Numbers = dict[str, float]


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


async def watched(peer: Peer, sessions: list[str], paths: list[str], rate: float, seconds: float):
    """Viewers at `paths` while every session emits `rate` events a second."""
    tally = Tally()
    viewers = await connect(*peer.address, paths, peer.headers, tally)
    await asyncio.sleep(0.5)
    started = tally.delivered
    used = await peer.ask(do="emit", sessions=sessions, rate=rate, seconds=seconds)
    delivered = tally.delivered - started
    close(viewers)
    await asyncio.sleep(0.3)
    return {
        "offered": len(sessions) * rate,
        "emitted": used["emitted"],
        "delivered": delivered,
        "lost": used["emitted"] * (len(paths) // len(sessions)) - delivered,
        "deliveries_per_second": delivered / seconds,
        "cpu_us": used["cpu"] / max(delivered, 1) * 1e6,
        "p50_ms": percentile(tally.latencies, 0.5),
        "p95_ms": percentile(tally.latencies, 0.95),
        "p99_ms": percentile(tally.latencies, 0.99),
    }


async def events(peer: Peer, seconds: float) -> Numbers:
    """200 sessions with one viewer each, 100 events a second in each."""
    made = await peer.ask(do="prepare", sessions=200)
    return await watched(peer, made["sessions"], made["paths"], 100, seconds)


async def steady(peer: Peer, seconds: float) -> Numbers:
    """The same 200 sessions at 2,000 events a second in all: what a delivery takes."""
    made = await peer.ask(do="prepare", sessions=200)
    return await watched(peer, made["sessions"], made["paths"], 10, seconds)


async def fan_out(peer: Peer, seconds: float) -> Numbers:
    """One session with 1,000 viewers, 20 events a second."""
    made = await peer.ask(do="prepare", sessions=1)
    return await watched(peer, made["sessions"], made["paths"] * 1000, 20, seconds)


async def idle(peer: Peer, seconds: float) -> Numbers:
    """What 2,000 viewers cost that see nothing, each of a session of its own."""
    made = await peer.ask(do="prepare", sessions=2000)
    warm = Tally()
    close(await connect(*peer.address, made["paths"][:200], peer.headers, warm))
    await asyncio.sleep(0.7)
    before = await peer.ask(do="usage")
    viewers = await connect(*peer.address, made["paths"], peer.headers, Tally())
    await asyncio.sleep(1.0)
    after = await peer.ask(do="usage")
    close(viewers)
    await asyncio.sleep(0.5)
    return {"bytes": (after["rss"] - before["rss"]) / len(viewers)}


async def storm(peer: Peer, seconds: float) -> Numbers:
    """1,000 viewers that come back at once to a log of 1,000 events."""
    made = await peer.ask(do="prepare", sessions=1)
    await peer.ask(do="load", session=made["sessions"][0], count=1000)
    before = await peer.ask(do="usage")
    tally = Tally(goal=1000)
    started = time.monotonic()
    viewers = await connect(*peer.address, made["paths"] * 1000, peer.headers, tally, at_once=1000)
    async with asyncio.timeout(60):
        await tally.all_done.wait()
    took = time.monotonic() - started
    after = await peer.ask(do="usage")
    close(viewers)
    return {
        "seconds": took,
        "server_cpu": after["cpu"] - before["cpu"],
        "page_reads": after.get("page_reads", 0) - before.get("page_reads", 0),
    }


async def stalled(peer: Peer, seconds: float) -> Numbers:
    """The memory that a server keeps for a viewer that stopped reading, after 10 MB of events.

    The same events before, with a viewer that reads, have taken what everything else needs. Many
    are stalled at once, because the memory of a process also moves by itself.
    """
    made = await peer.ask(do="prepare", sessions=3)
    readers = await connect(*peer.address, made["paths"], peer.headers, Tally())
    for session in made["sessions"][1:]:
        await peer.ask(do="load", session=session, count=LOAD)
    await asyncio.sleep(1)
    before = await peer.ask(do="usage")
    paths = made["paths"][:1] * STALLED
    stuck = await connect(*peer.address, paths, peer.headers, Tally(), reads=False)
    await peer.ask(do="load", session=made["sessions"][0], count=LOAD)
    await asyncio.sleep(1)
    after = await peer.ask(do="usage")
    close(readers + stuck)
    return {"bytes": max(0, after["rss"] - before["rss"]) / STALLED}


LOAD, STALLED = 40_000, 20  # events, viewers


async def cost(peer: Peer, seconds: float) -> Numbers:
    """What one call costs the job that makes it."""
    made = await peer.ask(do="prepare", sessions=1)
    return await peer.ask(do="cost", session=made["sessions"][0], count=5_000)


async def run(peer: Peer, scenario: Any, seconds: float) -> Numbers:
    async with asyncio.timeout(120):
        return await scenario(peer, seconds)
