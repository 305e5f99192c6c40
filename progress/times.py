"""Lengths of time as people read them."""

from __future__ import annotations


def duration(milliseconds: float | None) -> str:
    """42 ms, 0.42 s, 3.1 s, 12 s, 3 min 5 s, as `times.js` writes it; empty if not known."""
    if milliseconds is None:
        return ""
    if milliseconds < 100:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 10_000:
        return f"{milliseconds / 1000:.{2 if milliseconds < 1000 else 1}f} s"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def span(predicted: tuple[float, float] | None) -> str:
    """A range of milliseconds in words: 42 ms to 0.12 s; empty if not known."""
    if predicted is None:
        return ""
    low, high = map(duration, predicted)
    return low if low == high else f"{low} to {high}"
