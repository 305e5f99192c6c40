"""What the page says of time: how long something took, what is foreseen, what was predicted."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from progress.service import span

LONG = 10_000  # milliseconds from which a run has a bar, as in `bubble.js`


def eta(analysis: Mapping[str, Any]) -> str:
    """What to expect of an analysis (as the API gives it), in words; empty if that is not known."""
    if analysis["status"] == "succeeded":
        predicted = span(analysis.get("predicted_ms"))
        return predicted and f"predicted {predicted}"
    if not left(analysis):
        return ""
    is_late = analysis["slow_in_ms"] <= 0
    return "longer than usual" if is_late else f"usually {span(analysis['predicted_ms'])}"


def left(analysis: Mapping[str, Any]) -> list[float]:
    """Milliseconds to the 50th, 80th and 90th percentile; empty while nothing can be foreseen."""
    if analysis["status"] not in ("queued", "running") or not analysis.get("eta_ms"):
        return []
    return [*analysis["eta_ms"], analysis["slow_in_ms"]]


def worked(analysis: Mapping[str, Any]) -> float:
    """Milliseconds, without those in which it waited for the user."""
    return (analysis.get("elapsed_ms") or 0) - analysis.get("waited_ms", 0)


def ends(analysis: Mapping[str, Any]) -> str:
    """When it should be over and when it is late, for `bubble.js`: milliseconds of the epoch."""
    now = time.time() * 1000
    return " ".join(f"{now + limit:.0f}" for limit in left(analysis)[1:])


def share(analysis: Mapping[str, Any]) -> float | None:
    """How far it is, up to 1, which the bar does not show as full; None where no bar is due.

    The prediction leads; without one the steps do.
    """
    if analysis["status"] not in ("queued", "running"):
        return None
    done, known = worked(analysis), left(analysis)
    total = done + (known[1] if known else 0)
    if total <= LONG:
        return None
    if known:
        return round(done / total, 3)
    begun = (analysis["step"] or 1) - 1
    return round(begun / (analysis["total_steps"] or 1), 3)
