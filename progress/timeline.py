"""A run as a picture: one bar a step, from its start to its end (SVG, no scripts, no styles)."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .models import Event, Run

WIDTH, LABEL, ROW = 720, 220, 22
MOST = 200  # step events; a job with more has other problems than its picture


class Bar(NamedTuple):
    """A step: seconds from the start of the run; no end while, or where, it did not finish."""

    name: str
    start: float
    end: float | None


def picture(run: Run) -> SafeString:
    """The timeline; a dash for a run that reported no steps."""
    bars = bars_of(run)
    if not bars:
        return SafeString("-")
    total = max([bar.end or bar.start for bar in bars] + [length_of(run), 0.001])
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
        at = max((event.created_at - origin).total_seconds(), 0.0)
        state = (event.data or {}).get("state")
        known = bars.get(event.step)
        if state == "finished" and known is not None:
            bars[event.step] = known._replace(end=at)
        else:
            bars[event.step] = Bar(event.message, at, None)
    return list(bars.values())


def length_of(run: Run) -> float:
    """Seconds, as far as they are known."""
    if run.started_at is None or run.finished_at is None:
        return 0.0
    return (run.finished_at - run.started_at).total_seconds()


def drawn(bar: Bar, place: int, total: float) -> SafeString:
    scale = (WIDTH - LABEL - 80) / total
    end = total if bar.end is None else bar.end
    left, width = LABEL + bar.start * scale, max((end - bar.start) * scale, 2)
    colour = "#9a3b3b" if bar.end is None else "#417690"
    return format_html(
        '<text x="0" y="{}" fill="currentColor">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="14" rx="2" fill="{}"/>'
        '<text x="{}" y="{}" fill="currentColor">{}</text>',
        place * ROW + 15, bar.name[:32],
        round(left, 1), place * ROW + 4, round(width, 1), colour,
        round(left + width + 6, 1), place * ROW + 15,
        "not finished" if bar.end is None else f"{end - bar.start:.2f} s",
    )  # fmt: skip
