"""Sentences about many stocks at once: who leads, who passes a screen, what a group did."""

from __future__ import annotations

from analysis.writing import wording
from analysis.writing.formats import listed
from analysis.writing.material import Material, Row


def rank(material: Material) -> str:
    """Leader, figure, window and the two that follow."""
    if not material.rows:
        return f"No {material.scope[:-1]} has the figures for this ranking {material.window}"
    name = material.metric
    first, *others = material.rows
    return (
        f"{_among(material)}{material.name(first['ticker'])} had the "
        f"{wording.superlative(name, material.intent.order)} {material.noun(name)} "
        f"{material.when(name)}: {material.text(first, name)}{_followers(material, others, name)}"
    )


def _among(material: Material) -> str:
    intent = material.intent
    parts = []
    if intent.sector or intent.industry or intent.exclude:
        parts.append(f"the {material.scope}")
    if intent.conditions:
        parts.append(f"{'those' if parts else 'stocks'} with {material.conditions}")
    return f"Among {', '.join(parts)}, " if parts else ""


def _followers(material: Material, others: list[Row], name: str) -> str:
    if not others:
        return ""
    joint = "ahead of" if material.intent.order == "desc" else "followed by"
    figures = [
        f"{material.short(row['ticker'])} at {_plain(material, row, name)}" for row in others
    ]
    return f", {joint} {listed(figures[:2])}"


def _plain(material: Material, row: Row, name: str) -> str:
    """The figure without its unit, which the leader's figure already carries."""
    return material.text(row, name).removesuffix(wording.unit(name))
