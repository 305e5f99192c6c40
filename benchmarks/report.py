"""docs/performance.md: the numbers, what was to be reached, the machine, and a picture."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
from collections.abc import Callable
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

DOCS = Path(__file__).resolve().parent.parent / "docs"
LABELS = {
    "tickertape": "Tickertape",
    "tutorial": "Channels tutorial",
    "fastapi_sse": "FastAPI + sse-starlette (stores nothing)",
    "eventstream": "django-eventstream",
}
VERSIONS = (
    *("django", "channels", "channels-redis", "uvicorn", "uvloop", "websockets", "orjson"),
    *("django-eventstream", "fastapi", "sse-starlette", "redis"),
)

Results = dict[str, dict[str, dict[str, float]]]


class Line:
    """One figure of the report: where it is found, how it is written, what was to be reached."""

    def __init__(
        self, label: str, scenario: str, field: str, form: str, goal: float, unit: float = 1
    ):
        self.label, self.scenario, self.field = label, scenario, field
        self.form, self.goal, self.unit = form, goal, unit

    def value(self, found: dict[str, dict[str, float]]) -> float | None:
        value = found.get(self.scenario, {}).get(self.field)
        return None if value is None else value / self.unit

    def text(self, found: dict[str, dict[str, float]]) -> str:
        value = self.value(found)
        return "\N{EN DASH}" if value is None else format(value, self.form)


LINES = (
    Line(
        "server CPU an event stored and delivered, 200 sessions, µs", "events", "cpu_us", ",.1f", 25
    ),
    Line("… deliveries a second on one core", "events", "deliveries_per_second", ",.0f", 20_000),
    Line("… not there half a second after the last was emitted", "events", "lost", ",.0f", 0),
    Line(
        "server CPU a delivery, one session to 1,000 viewers, µs", "fan_out", "cpu_us", ",.1f", 10
    ),
    Line("memory an idle viewer, KB", "idle", "bytes", ",.1f", 25, 1000),
    Line("emitting, cost to the job, µs", "cost", "microseconds", ",.1f", 5),
    Line("emit to socket at 2,000 events/s in one process, p50 ms", "steady", "p50_ms", ",.1f", 3),
    Line("… p99 ms", "steady", "p99_ms", ",.1f", 15),
    Line("… from another process through Redis, p50 ms", "apart", "p50_ms", ",.1f", 3),
    Line("… p99 ms", "apart", "p99_ms", ",.1f", 15),
    Line("1,000 viewers come back to 1,000 events, s", "storm", "seconds", ",.2f", 3),
    Line("… reads of the log", "storm", "page_reads", ",.0f", 2),
    Line("memory for a stalled reader, MB", "stalled", "bytes", ",.2f", 1.05, 1_000_000),
    Line("two web processes against one, times", "two", "gain", ",.2f", 1.8),
    Line("question to answer over HTTP, p50 ms", "answers", "computed_p50_ms", ",.0f", 60),
    Line("… from the cache, p50 ms", "answers", "cached_p50_ms", ",.0f", 60),
)


def write(results: Results) -> None:
    draw(results)
    (DOCS / "performance.md").write_text(document(results))


def document(results: Results) -> str:
    parts = [HEAD, table(results), "", NOTES, "## Against the goals", "", *verdicts(results), ""]
    parts += [HOLDS, "## The machine", "", *machine(), ""]
    return "\n".join(parts)


HEAD = """# Performance

Measured by `make bench` ([benchmarks/](../benchmarks)), which writes this page: every peer under
the same load in the same run, its server pinned to one core and the viewers to another. CPU is all
that the server process used, its jobs included, divided by deliveries. Events are stored in SQLite
(in PostgreSQL where several processes take part) and hints go through Redis, except where a peer
stores nothing.

![Server CPU for an event and for a delivery](performance.svg)
"""

NOTES = """A dash: not measured, because the peer has no log to come back to, or would take minutes.
The offered load is 20,000 events a second; a peer that cannot keep up emits fewer, and what it
emitted late counts into its latency; what did not arrive in time counts into nothing, so its CPU
falls on what did. On a machine that others use at the same time, latencies say more about them than
about the server. CPU moves as well, by a tenth from run to run on an idle machine: each figure is
the median of three runs.
"""


HOLDS = """## What holds the rest

From profiles (perf, py-spy with native frames) of the server under these loads:

- **An event stored and delivered.** About 10 µs are SQLite: the row, its three indexes, the commit.
  Building row and wire form takes 3, emitting 2, the timers of the benchmark's own jobs 4. The rest
  is the frame's system call, shared by the events of a batch, and Redis, which also sends every
  hint back to where it came from. What was cut: one statement for 64 rows instead of one each (it
  gives up the interpreter's lock each time), binding None, the cyclic collector's tenth of the time
  (`analysis_site.collector`), redis-py's text of every message (protocol 2), one group instead of
  four. On PostgreSQL rows go by COPY: 6 µs of this process's CPU an event instead of 15
  (`python -m benchmarks.inserts`).
- **A delivery.** 7 µs are the kernel's `write` on a loopback connection, one for each viewer and
  batch, and 1 is uvloop's; Python's own part is one loop over the viewers. The rest could only be
  saved by io_uring or by a process in another language.
- **Few events a second cost more each**, because each has a commit and a publish of its own, some
  400 µs together. Between two commits that follow on each other the writer leaves 0.2 ms for each
  event of the first, at most 80 ms; a lone event goes at once.
- **From another process** the way is a transaction on PostgreSQL (four answers to wait for, 1.2
  ms), a publish and a receive through Redis, and half of the writer's pause.
- **A stalled reader** is bounded by what the process keeps for its socket: 256 KiB in the
  transport's buffer and one frame.
"""


def table(results: Results) -> str:
    names = [LABELS[name] for name in results]
    rows = [f"| | {' | '.join(names)} | goal |", "|---" * (len(names) + 2) + "|"]
    for line in LINES:
        cells = " | ".join(line.text(found) for found in results.values())
        rows.append(f"| {line.label} | {cells} | {line.goal:,} |")
    return "\n".join(rows)


def verdicts(results: Results) -> list[str]:
    """For each goal how far it is."""
    found = results.get("tickertape", {})
    said = []
    for line in LINES:
        value = line.value(found)
        if value is not None:
            said.append(f"- {line.label}: {line.text(found)}, {distance(line, value)}.")
    return said


def distance(line: Line, value: float) -> str:
    more_is_better = line.field in ("gain", "deliveries_per_second")
    reached = value >= line.goal if more_is_better else value <= line.goal
    if reached:
        return "reached"
    apart = line.goal / value if more_is_better else value / max(line.goal, 1)
    return f"{apart:.1f} times the goal away"


def machine() -> list[str]:
    cores, model = os.cpu_count(), processor()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in VERSIONS)
    busy = os.getloadavg()[0]
    return [
        f"{model}, {cores} cores, {platform.system()} {platform.release()}, Python "
        f"{platform.python_version()}; {dt.date.today():%d %B %Y}, load average {busy:.1f}.",
        "",
        f"{versions}.",
    ]


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ")[1]
    return platform.processor()


def draw(results: Results) -> None:
    pyplot.rcParams.update({"svg.hashsalt": "tickertape", "font.size": 10, "svg.fonttype": "none"})
    figure, axes = pyplot.subplots(2, 1, figsize=(8, 4.6), layout="constrained")
    for axis, line in zip(axes, (LINES[0], LINES[3]), strict=True):
        bars(axis, line, results, lambda value: f"{value:,.1f} µs")
    figure.savefig(DOCS / "performance.svg", metadata={"Date": None})


def bars(axis: pyplot.Axes, line: Line, results: Results, text: Callable[[float], str]) -> None:
    known = [(LABELS[n], v) for n, found in results.items() if (v := line.value(found)) is not None]
    known.reverse()
    colours = ["#1d6f5c" if name == "Tickertape" else "#b9b4a7" for name, _ in known]
    drawn = axis.barh([name for name, _ in known], [value for _, value in known], color=colours)
    axis.bar_label(drawn, [text(value) for _, value in known], padding=4)
    axis.set_xscale("log")
    axis.set_title(line.label, loc="left", fontsize=10)
    axis.margins(x=0.25)
    axis.spines[["top", "right"]].set_visible(False)
