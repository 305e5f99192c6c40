"""What a follow-up kept and what it changed, in words, and which chips stay true."""

from __future__ import annotations

import dataclasses
from typing import Any

from analysis.intent import Assumption, Intent
from analysis.understanding import defaults
from analysis.understanding.building import ORDERED
from analysis.understanding.draft import Draft


def noted(draft: Draft, previous: Intent, intent: Intent) -> Intent:
    """Says what was kept and what changed."""
    kept: list[tuple[str, Any]] = []
    changed: list[tuple[str, Any]] = []
    for name, before, after in _aspects(previous, intent):
        (kept if before == after else changed).append((name, after))
    note = f"Follow-up: changed {_list(changed)}; kept {_list(kept)}."
    own = intent.assumptions
    if not own:
        own = tuple(a for a in previous.assumptions if _still_true(a, previous, intent))
    notes = (*draft.notes, note) if changed else tuple(draft.notes)
    return dataclasses.replace(intent, assumptions=own, notes=notes)


def _still_true(chip: Assumption, before: Intent, after: Intent) -> bool:
    """A chip stays while the follow-up has not changed what it says."""
    if before.shape != after.shape:
        return False
    same = {
        "window": before.window == after.window,
        "ticker": before.tickers == after.tickers,
        "metric": before.metrics == after.metrics,
    }
    return same.get(chip.slot, before.param(chip.slot) == after.param(chip.slot))


def _aspects(before: Intent, after: Intent) -> list[tuple[str, Any, Any]]:
    """(name, before, after) of everything worth saying."""
    names = [
        ("the figures", "metrics"), ("the subject", "tickers"), ("the sector", "sector"),
        ("the industry", "industry"), ("left out", "exclude"),
    ]  # fmt: skip
    found: list[tuple[str, Any, Any]] = [
        (label, getattr(before, field), getattr(after, field)) for label, field in names
    ]
    if after.shape in ORDERED:
        found.append(("the order", before.order, after.order))
        found.append(("the number", before.limit, after.limit))
    found.append(("the window", before.window.label, after.window.label))
    for name in sorted({*dict(before.params), *dict(after.params)}):
        found.append((name.replace("_", " "), before.param(name), after.param(name)))
    return [(n, b, a) for n, b, a in found if b or a]


def _list(aspects: list[tuple[str, Any]]) -> str:
    texts = [f"{name} ({_plain(value)})" for name, value in aspects]
    return ", ".join(texts) or "nothing"


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(defaults.phrase(v) for v in value) if value else "all"
    words = {"desc": "highest first", "asc": "lowest first", None: "none"}
    return words.get(value, str(value))
