"""How many processes, and what else, so many viewers need: arithmetic over measured unit costs.

`python -m benchmarks.capacity` prints the table of docs/operations.md; a test keeps them alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Unit costs on the machine of docs/performance.md, rounded up.
STORE_US = 15.0  # CPU of an emitting process: emit, number, encode, COPY
DELIVER_US = 11.0  # CPU of a web process: one frame to one viewer
HEARTBEAT_US = 11.0  # the same frame, small
HINT_US = 1.5  # CPU of every web process for every event that anybody emits (decode, look up)
VIEWER_KB = 16.0  # resident memory of an idle viewer
KERNEL_KB = 6.0  # an idle TCP connection in the kernel
EVENT_BYTES = 300.0  # an event in its wire form, with a short message, in a hint
ROW_BYTES = 500.0  # an event in the database with its indexes
PROCESS_MB = 120.0  # a web process without viewers

# What a core, a process, a Redis and a database are loaded with at most.
CORE_SHARE = 0.6
VIEWERS_A_PROCESS = 50_000
REDIS_BYTES_A_SECOND = 500e6
ROWS_A_SECOND = 30_000.0  # one PostgreSQL primary with SSDs; COPY in batches
HEARTBEAT_SECONDS = 15.0


@dataclass(frozen=True)
class Load:
    """Viewers that look at one session each; a share of the sessions has a live run."""

    viewers: int
    live_share: float = 0.05
    events_a_second: float = 2.0  # of a live run

    @property
    def events(self) -> float:
        return self.viewers * self.live_share * self.events_a_second


@dataclass(frozen=True)
class Need:
    """What a load asks for."""

    events: float
    webs: int
    memory_gb: float
    writer_cores: float
    redis_bytes: float
    redis_servers: int
    databases: int
    storage_gb_a_day: float


def need(load: Load) -> Need:
    webs = web_processes(load)
    redis = load.events * EVENT_BYTES * webs
    memory = load.viewers * (VIEWER_KB + KERNEL_KB) * 1e3 + webs * PROCESS_MB * 1e6
    return Need(
        events=load.events,
        webs=webs,
        memory_gb=memory / 1e9,
        writer_cores=load.events * STORE_US / 1e6 / CORE_SHARE,
        redis_bytes=redis,
        redis_servers=math.ceil(redis / REDIS_BYTES_A_SECOND),
        databases=math.ceil(load.events / ROWS_A_SECOND),
        storage_gb_a_day=load.events * ROW_BYTES * 86_400 / 1e9,
    )


def web_processes(load: Load) -> int:
    """Every process hears every hint, so this cost does not shrink with their number."""
    frames = load.events * DELIVER_US + load.viewers * HEARTBEAT_US / HEARTBEAT_SECONDS
    left = CORE_SHARE * 1e6 - load.events * HINT_US
    if left <= 0:
        raise ValueError("one process cannot even hear all hints; route sessions to processes")
    return max(math.ceil(frames / left), math.ceil(load.viewers / VIEWERS_A_PROCESS), 1)


LEVELS = (1_000, 10_000, 100_000, 1_000_000)
HEAD = """| viewers | events/s | web processes | memory | cores that write | Redis out | Redis | databases | storage a day |
|---|---|---|---|---|---|---|---|---|"""  # noqa: E501 - one row


def table() -> str:
    return "\n".join([HEAD, *(row(Load(viewers)) for viewers in LEVELS)])


def row(load: Load) -> str:
    found = need(load)
    cells = (
        f"{load.viewers:,}",
        f"{found.events:,.0f}",
        f"{found.webs}",
        f"{found.memory_gb:,.1f} GB",
        f"{found.writer_cores:.2f}",
        f"{found.redis_bytes / 1e6:,.1f} MB/s",
        f"{found.redis_servers}",
        f"{found.databases}",
        f"{found.storage_gb_a_day:,.0f} GB",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(table())
