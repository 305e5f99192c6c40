"""Follow-ups: what a short question takes over from the one before it."""

from __future__ import annotations

from analysis.intent import Intent
from analysis.understanding.draft import Draft


def follow_up(draft: Draft, previous: Intent) -> Intent | None:
    return None
