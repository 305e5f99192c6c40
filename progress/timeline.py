"""A run as a picture: one bar a step, from its start to its end (SVG, no scripts, no styles)."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .models import Event, Run
from .times import duration, span

WIDTH, LABEL, NOTE, ROW = 860, 220, 220, 22  # pixels; names before the bars, figures behind them
MOST = 200  # step events; a job with more has other problems than its picture


class Bar(NamedTuple):
    """A step: milliseconds from the start of the run; no end while, or where, it did not finish.

    `predicted`: the range in which it was expected to take its time.
    """

    name: str
    start: float
    end: float | None
    predicted: tuple[float, float] | None


def picture(run: Run) -> SafeString:
    """The timeline; a dash for a run that reported no steps."""
    bars = bars_of(run)
    if not bars:
        return SafeString("-")
    total = max([bar.end or bar.start for bar in bars] + [length_of(run), 1.0])
    rows = format_html_join(
        "", "{}", ((drawn(bar, place, total),) for place, bar in enumerate(bars))
    )
    size = (WIDTH, len(bars) * ROW + 4)
    title = "<title>Steps of the run</title>"
    svg = f'<svg width="{{}}" height="{{}}" role="img" font-size="12">{title}{{}}</svg>'
    return format_html(svg, *size, rows)


def bars_of(run: Run) -> list[Bar]:
    found = Event.objects.filter(run=run, kind="step").order_by("seq")[:MOST]
    origin = run.started_at or run.created_at
    bars: dict[int | None, Bar] = {}
    for event in found:
        at = max(milliseconds(event.created_at - origin), 0.0)
        data = event.data or {}
        known = bars.get(event.step)
        if data.get("state") == "finished" and known is not None:
            bars[event.step] = known._replace(end=at)
        else:
            bars[event.step] = Bar(event.message, at, None, data.get("predicted_ms"))
    return list(bars.values())


def length_of(run: Run) -> float:
    """Milliseconds, as far as they are known."""
    if run.started_at is None or run.finished_at is None:
        return 0.0
    return milliseconds(run.finished_at - run.started_at)


def milliseconds(passed: dt.timedelta) -> float:
    return passed.total_seconds() * 1000


def drawn(bar: Bar, place: int, total: float) -> SafeString:
    scale = (WIDTH - LABEL - NOTE) / total
    end = total if bar.end is None else bar.end
    left, width = LABEL + bar.start * scale, max((end - bar.start) * scale, 2)
    colour = "#9a3b3b" if bar.end is None else "#417690"
    return format_html(
        '<text x="0" y="{}" fill="currentColor">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="14" rx="2" fill="{}"/>'
        '{}<text x="{}" y="{}" fill="currentColor">{}</text>',
        place * ROW + 15, bar.name[:32],
        round(left, 1), place * ROW + 4, round(width, 1), colour,
        whisker(bar, place, scale),
        round(left + width + 6, 1), place * ROW + 15, noted(bar),
    )  # fmt: skip


def whisker(bar: Bar, place: int, scale: float) -> SafeString:
    """A line under the bar, where its end was predicted; as far as the picture goes."""
    if bar.predicted is None:
        return SafeString("")
    edge = WIDTH - NOTE
    low, high = (min(LABEL + (bar.start + limit) * scale, edge) for limit in bar.predicted)
    line = '<path d="M{},{}H{}" stroke="#c98500" stroke-width="3"/>'
    return format_html(line, round(low - 1, 1), place * ROW + 20, round(high + 1, 1))


def noted(bar: Bar) -> str:
    took = "not finished" if bar.end is None else duration(bar.end - bar.start)
    return f"{took} (predicted {span(bar.predicted)})" if bar.predicted else took
