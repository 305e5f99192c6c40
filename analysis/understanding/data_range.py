"""A window held against the dates that the data has."""

from __future__ import annotations

from analysis.intent import Window
from analysis.understanding.draft import Draft
from analysis.understanding.stopping import refuse


def checked(window: Window, draft: Draft, partial: bool = False) -> Window:
    """The window within the data: clipped with a note, or refused where it lies outside."""
    first, last = draft.facts.first_date, draft.facts.last_date
    outside = window.end < first or (window.start is not None and window.start >= last)
    begun = partial and window.start is not None and window.start < last
    if outside or (window.end > last and not begun):
        refuse(draft, "outside_data", window.label)
    if window.start is not None and window.start < first:
        # The base of a window that starts with the data's first year is that year's first close.
        if (first - window.start).days > 7:
            draft.notes.append(
                f"The data starts on {first}, so {window.label} is counted from there."
            )
        return Window(None, min(window.end, last), window.label, window.rule)
    return window
