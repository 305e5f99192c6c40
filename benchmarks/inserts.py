"""What storing an event costs on PostgreSQL: rows one by one against COPY.

`python -m benchmarks.inserts` starts a PostgreSQL of its own and prints microseconds an event, wall
clock and this process's CPU, for batches of one and of a thousand events in 200 sessions.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.servers import PostgreSQL


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as path:
        server = PostgreSQL(Path(path), durable=False)
        try:
            server.start()
            prepare(server.url)
            compare()
        finally:
            server.kill()


def prepare(url: str) -> None:
    os.environ.update(
        BENCH_DATABASE=url, BENCH_REDIS_PORT="1", DJANGO_SETTINGS_MODULE="benchmarks.settings"
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)


def compare() -> None:
    from progress import log, service
    from progress.events import draft

    sessions = [service.create_session() for _ in range(200)]
    rows_of, _ = log.FORMS["postgresql"]
    for size in (1, 1_000):
        drafts = [draft(sessions[n % 200].id, "Reading row 1234 of 5000") for n in range(size)]
        for name, insert in (("one by one", one_by_one), ("COPY", log.by_copy)):
            log.FORMS["postgresql"] = (rows_of, insert)
            wall, cpu = cost(lambda drafts=drafts: append(drafts), 5_000 // size // 5 + 5)  # type: ignore[misc]
            print(f"{size:5} {name:10} {wall / size:8.1f} µs wall {cpu / size:8.1f} µs CPU here")


def one_by_one(cursor: Any, rows: list[tuple]) -> None:
    from progress.log import COLUMNS

    row = ", ".join(["%s"] * len(COLUMNS.split(",")))
    cursor.executemany(f"INSERT INTO progress_event ({COLUMNS}) VALUES ({row})", rows)


def append(drafts: list) -> None:
    from django.db import transaction

    from progress import log

    with transaction.atomic():
        log.append(drafts)


def cost(act: Callable[[], None], times: int) -> tuple[float, float]:
    """Microseconds of wall clock and of this thread's CPU for one call."""
    act()
    wall, cpu = time.perf_counter(), time.thread_time()
    for _ in range(times):
        act()
    spent = time.perf_counter() - wall, time.thread_time() - cpu
    return spent[0] / times * 1e6, spent[1] / times * 1e6


if __name__ == "__main__":
    main()
