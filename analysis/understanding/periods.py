"""Stretches of time side by side: "volatility in 2008 vs 2020", "before and after covid"."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

from analysis.intent import Intent, Window
from analysis.market_facts import MarketFacts
from analysis.understanding.building import build
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.subject import subject
from analysis.understanding.values import figures_of_one

MOST = 6
_JOINTS = ("versus", "than")
_AND = ("and", "&", "or")
_COMPARATIVES = ("more", "less", "higher", "lower", "bigger", "smaller", "larger", "greater")


def periods(draft: Draft) -> Intent | None:
    """The same figures of the stocks named, in every stretch named."""
    if not 2 <= len(draft.windows) <= MOST or not _stands_alone(draft):
        return None
    if len({window.label for window in draft.windows}) < len(draft.windows):
        return None
    if not (draft.side_by_side or are_joined(draft)):
        return None
    _claim_joints(draft)
    subject(draft)
    metrics = figures_of_one(draft)
    if not metrics:
        return None
    draft.joined_windows = True
    intent = build(draft, "periods", hull(draft.windows, draft.facts), metrics)
    return dataclasses.replace(intent, windows=tuple(draft.windows))


def _stands_alone(draft: Draft) -> bool:
    """Rankings, groups and conditions take one stretch at a time."""
    grouped = draft.scoped or draft.universe or draft.group_by or draft.average or draft.exclude
    ordered = draft.limit or draft.ranked or draft.ranking or draft.extreme or draft.position
    return not (grouped or ordered or draft.conditions or draft.days or draft.rolling)


def are_joined(draft: Draft) -> bool:
    """Nothing but a word of comparing, a comma and empty words stands between the stretches."""
    places, items = draft.window_at, draft.reading.items
    if len(places) != len(draft.windows):
        return False
    gaps = ((items[end:start], items[start]) for (_, end), (start, _) in itertools.pairwise(places))
    return all(_joins(between, after, _with(draft)) for between, after in gaps)


def _joins(between: list[Item], after: Item, joints: tuple[str, ...]) -> bool:
    empty = all(item.stop or item.is_("connect") or _is_joint(item) for item in between)
    said = any(_is_joint(item) or item.text in joints for item in between)
    return empty and (said or any(item.apart for item in (*between, after)))


def _is_joint(item: Item) -> bool:
    return item.text in _AND or item.is_any(*_JOINTS)


def _with(draft: Draft) -> tuple[str, ...]:
    """ "compare 2019 with 2020": the word of comparing stands before both."""
    return ("with", "to") if draft.reading.has("versus") else ()


def _claim_joints(draft: Draft) -> None:
    """ "more volatile in 2008 than in 2020": both figures say which is more."""
    for tag in _JOINTS:
        draft.reading.take(tag)
    turned = [item for item in draft.reading.items if item.used and item.is_("order")]
    if turned and all(item.text in _COMPARATIVES for item in turned):
        draft.side = None
    draft.reading.take_words("difference", "difference between")


def hull(windows: Sequence[Window], facts: MarketFacts) -> Window:
    """From the first start to the last end."""
    starts = [window.start for window in windows]
    start = None if None in starts else min(filter(None, starts), default=None)
    end = min(max(window.end for window in windows), facts.last_date)
    label = " and ".join(window.label for window in windows)
    return Window(start, end, label, "range")
