"""`python -m benchmarks.answers`: from a question to its answer over HTTP.

One process with SQLite and the sample data, as `make run` starts it; one client that sends a
question with `Prefer: wait`, takes the answer, and sends the next. `computed` leaves the cache
aside. CPU is that of the server, which other work on the machine does not change.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from benchmarks.scenarios import percentile
from deploy.site import Web, environment, prepare

TICKERS = ("AAPL", "AMD", "BAC", "BBY", "CVX", "GE", "HD", "JNJ", "JPM", "KO", "LLY", "MRK", "MSFT")
SHAPES = (
    "Which stocks had the highest volatility in {year}?",
    "Volatility of {one} in {year}",
    "Compare {one} and {other} since {year}",
    "Max drawdown of {one} since {year}",
    "Correlation of {one} and {other} since {year}",
    "Best day of {one} since {year}",
    "What if I had invested $100 once in {one} in {year}?",
)


def questions() -> Iterator[str]:
    """2,639 distinct ones, shape after shape."""
    pairs = zip(TICKERS, TICKERS[1:] + TICKERS[:1], strict=True)
    for (one, other), year in itertools.product(pairs, range(1992, 2021)):
        for shape in SHAPES:
            yield shape.format(year=year, one=one, other=other)


def answers(number: int = 200) -> dict[str, float]:
    """Milliseconds for so many questions, computed and then from the cache."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        env = environment(Path(folder), THROTTLE_OWNER="0", THROTTLE_ADDRESS="0")
        prepare(env)
        site = Web(env, Path(folder) / "log")
        site.start()
        try:
            with httpx.Client(base_url=site.url, timeout=30) as client:
                assert site.popen is not None
                process = psutil.Process(site.popen.pid)
                return measure(client, process, list(itertools.islice(questions(), number)))
        finally:
            site.stop()


def measure(client: httpx.Client, server: psutil.Process, asked: list[str]) -> dict[str, float]:
    client.post("/api/sessions", json={})  # the questions that follow belong to one browser
    for question in asked[: len(SHAPES)]:
        answer(client, question)
    found = {}
    for kind, refresh in (("computed", True), ("cached", False)):
        before = cpu(server)
        times = [answer(client, question, refresh=refresh) for question in asked]
        found[f"{kind}_p50_ms"] = percentile(times, 0.5)
        found[f"{kind}_p95_ms"] = percentile(times, 0.95)
        found[f"{kind}_cpu_ms"] = (cpu(server) - before) / len(times)
    return found


def cpu(process: psutil.Process) -> float:
    """Milliseconds, of all its threads."""
    used = process.cpu_times()
    return (used.user + used.system) * 1000


def answer(client: httpx.Client, question: str, **more: bool) -> float:
    started = time.perf_counter()
    done = client.post(
        "/api/analyze", json={"question": question, **more}, headers={"Prefer": "wait=20"}
    )
    took = (time.perf_counter() - started) * 1000
    assert done.json()["status"] == "succeeded", (question, done.text[:500])
    return took


if __name__ == "__main__":
    print(answers())
