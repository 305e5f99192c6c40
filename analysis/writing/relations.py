"""Sentences about how stocks move together: pairs and matrices."""

from __future__ import annotations

from analysis.formats import listed, ratio
from analysis.writing.material import Material, Row


def pairs(material: Material) -> str:
    """The closest (or least close) pair and the two that follow."""
    known = [row for row in material.rows if row["correlation"] is not None]
    if not known:
        return f"There is no pair with enough shared days {material.window}"
    first, *others = known
    if not others and not material.place:
        return _single(material, first)
    closest = "most" if material.intent.order == "desc" else "least"
    told = [f"{_pair(material, row)} at {ratio(row['correlation'])}" for row in others]
    a, b = (material.name(first[side]) for side in ("ticker_a", "ticker_b"))
    joint = "ahead of" if closest == "most" else "followed by"
    return (
        f"{a} and {b} were the {material.place}{closest} correlated pair {material.window}, with a "
        f"correlation of {ratio(first['correlation'])}"
        f"{f', {joint} {listed(told[:2])}' if told else ''}"
    )


def _single(material: Material, row: Row) -> str:
    a, b = (material.name(row[side]) for side in ("ticker_a", "ticker_b"))
    figure, step = ratio(row["correlation"]), material.intent.param("frequency", "daily")
    return f"{a} and {b} had a correlation of {figure} in {step} returns {material.window}"


def _pair(material: Material, row: Row) -> str:
    return f"{material.short(row['ticker_a'])} and {material.short(row['ticker_b'])}"


def matrix(material: Material) -> str:
    """The range of correlations among the stocks."""
    known = [r for r in material.rows if r["correlation"] is not None and _is_first(r)]
    if not known:
        return f"There are no correlations to show {material.window}"
    members = {row[side] for row in known for side in ("ticker_a", "ticker_b")}
    if len(members) == 2:
        return _single(material, known[0])
    low, high = (pick(known, key=lambda row: row["correlation"]) for pick in (min, max))
    return (
        f"Among {len(members)} stocks, correlations ran from {ratio(low['correlation'])} "
        f"({_pair(material, low)}) to {ratio(high['correlation'])} ({_pair(material, high)}) "
        f"{material.window}"
    )


def _is_first(row: Row) -> bool:
    """A pair stands in a matrix twice, and the two may differ in the last digit."""
    return bool(row["ticker_a"] < row["ticker_b"])
