"""Which rows of an ordered table are shown: its order, how many, and from which place on."""

from __future__ import annotations

from typing import Any

from analysis.errors import UnplannableIntent
from analysis.intent import Intent

ORDERS = {"asc": "ASC", "desc": "DESC"}
MOST_ROWS = 1000


def row_parameters(intent: Intent) -> dict[str, Any]:
    """`limit` rows after the first `before`; "the second highest" begins at position 2.

    Raises `UnplannableIntent` for a place that no table has.
    """
    position = int(intent.param("position", 1))
    if not 1 <= position <= MOST_ROWS:
        raise UnplannableIntent(f"A place in a ranking is 1 to {MOST_ROWS:,}.")
    return {"limit": min(max(1, int(intent.limit)), MOST_ROWS), "before": position - 1}
