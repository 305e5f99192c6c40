"""Fewer points for long lines, without losing a peak or a trough."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plots.canvas import Row

MOST_POINTS = 1500  # of one line; a screen has no more columns
MOST_OF_ALL = 4500  # of all lines together, which is about 300 kB


def thinned(rows: Sequence[Row], name: str, most: int = MOST_POINTS) -> list[Row]:
    """At most `most` rows in their order: first, last, and each stretch's lowest and highest."""
    if len(rows) <= most:
        return list(rows)
    stretches = max(1, (most - 2) // 2)
    inner = len(rows) - 2
    values = [row[name] for row in rows]
    kept = {0, len(rows) - 1}
    for stretch in range(stretches):
        begin = 1 + stretch * inner // stretches
        end = 1 + (stretch + 1) * inner // stretches
        if begin < end:
            span = values[begin:end]
            kept.add(begin + span.index(min(span)))
            kept.add(begin + span.index(max(span)))
    return [rows[i] for i in sorted(kept)]


def budget(lines: int) -> int:
    """Points for each of so many lines."""
    return min(MOST_POINTS, MOST_OF_ALL // max(1, lines))
