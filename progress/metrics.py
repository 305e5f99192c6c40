"""What Prometheus may know of this process. Needs the package prometheus-client.

`exposition()` is the text of a `/metrics` page. Counters start again with the process, as
Prometheus expects; several processes on one machine are scraped one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from . import layer, socket
from .hub import Hub, hubs
from .limits import viewers_by_door
from .writer import measures, writer

registry = CollectorRegistry()

commits = Histogram(
    "progress_commit_seconds",
    "How long a batch of events took to be stored.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
    registry=registry,
)
measures.append(commits.observe)


class Delivery(Collector):
    """Reads the numbers when they are asked for; nothing is counted twice on the fast path."""

    def collect(self) -> Iterable[Metric]:
        yield from self.writing()
        yield from self.reading()
        yield from self.viewers()

    def writing(self) -> Iterator[Metric]:
        own = writer()
        yield counter("progress_events_stored", "Events stored.", own.stored)
        yield counter("progress_events_lost", "Events that could not be stored.", own.failed)
        yield counter("progress_write_retries", "Writes repeated for the database.", own.retries)
        depth = own.queue.qsize()
        yield GaugeMetricFamily("progress_queue_depth", "Events waiting to be stored.", depth)
        yield counter("progress_hints_dropped", "Hints the layer did not take.", layer.dropped)

    def reading(self) -> Iterator[Metric]:
        every: list[Hub] = hubs()
        healed = sum(hub.healed for hub in every)
        yield counter("progress_hints_healed", "News found without their hint.", healed)
        reads = sum(hub.pages.reads for hub in every)
        yield counter("progress_log_reads", "Pages read from the log.", reads)
        followed = sum(len(hub.topics) for hub in every)
        yield GaugeMetricFamily("progress_sessions_followed", "Sessions with viewers.", followed)

    def viewers(self) -> Iterator[Metric]:
        open_now = GaugeMetricFamily("progress_viewers", "Open viewers by door.", labels=["door"])
        for door in ("websocket", "sse", "poll", "export"):
            open_now.add_metric([door], viewers_by_door().get(door, 0))
        yield open_now
        slow = socket.dropped_for_slowness
        yield counter("progress_viewers_dropped", "Sockets closed for slowness.", slow)


def counter(name: str, about: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(name, about, value=value)


registry.register(Delivery())


def exposition() -> bytes:
    """The metrics in Prometheus' text format."""
    return generate_latest(registry)
