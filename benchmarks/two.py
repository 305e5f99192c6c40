"""Work and viewers in processes of their own: PostgreSQL stores, every event passes through Redis.

What a second web process brings (1,000 viewers of one session, on one process or on two): the load
and both servers share the machine, so what is compared is not the wall clock but the CPU of the
busiest process, which says how much load fits before a core is full. And how long an event takes
from the process that emits it to the socket of a viewer at another.
"""

from __future__ import annotations

import asyncio

from benchmarks.peer import Peer
from benchmarks.scenarios import percentile
from benchmarks.viewers import Tally, close, connect

VIEWERS = 1_000


async def two_processes(env: dict[str, str], seconds: float) -> dict[str, float]:
    async with Peer("tickertape", env) as emitter, Peer("tickertape", env) as other:
        one = await busiest([other], emitter, seconds)
        async with Peer("tickertape", env) as third:
            both = await busiest([other, third], emitter, seconds)
    return {"one_us": one, "two_us": both, "gain": one / both}


async def busiest(webs: list[Peer], emitter: Peer, seconds: float) -> float:
    """CPU of the busiest web process, in microseconds for each delivery to anybody.

    A process of its own emits, as a worker does; all events reach the webs through Redis.
    """
    made = await emitter.ask(do="prepare", sessions=1)
    tally = Tally()
    viewers = []
    for web in webs:
        paths = made["paths"] * (VIEWERS // len(webs))
        viewers += await connect(*web.address, paths, web.headers, tally)
    await asyncio.sleep(1.0)
    before = [(await web.ask(do="usage"))["cpu"] for web in webs]
    started = tally.delivered
    await emitter.ask(do="emit", sessions=made["sessions"], rate=20, seconds=seconds)
    after = [(await web.ask(do="usage"))["cpu"] for web in webs]
    close(viewers)
    used = max(end - start for start, end in zip(before, after, strict=True))
    return used / max(tally.delivered - started, 1) * 1e6


async def between_processes(env: dict[str, str], seconds: float) -> dict[str, float]:
    """200 sessions with one viewer each, 2,000 events a second in all, emitted elsewhere.

    The emitting process runs beside the viewers, who are not busy at this rate.
    """
    async with Peer("tickertape", env, core=1) as emitter, Peer("tickertape", env) as web:
        made = await emitter.ask(do="prepare", sessions=200)
        tally = Tally()
        viewers = await connect(*web.address, made["paths"], web.headers, tally)
        await asyncio.sleep(1.0)
        used = await emitter.ask(do="emit", sessions=made["sessions"], rate=10, seconds=seconds)
        close(viewers)
    return {
        "emitted": used["emitted"],
        "lost": used["emitted"] - tally.delivered,
        "p50_ms": percentile(tally.latencies, 0.5),
        "p99_ms": percentile(tally.latencies, 0.99),
    }
