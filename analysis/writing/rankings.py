"""Sentences about many stocks at once: who leads, who passes a screen, what a group did."""

from __future__ import annotations

from analysis.formats import listed
from analysis.writing import wording
from analysis.writing.material import Material, Row
from analysis.writing.predicates import brief


def rank(material: Material) -> str:
    """Leader, figure, window and the two that follow."""
    if not material.rows:
        return _nobody(material)
    if material.intent.param("group_by"):
        return _of_each(material)
    name = material.metric
    first, *others = material.rows
    return (
        f"{_among(material)}{material.name(first['ticker'])} had the {material.place}"
        f"{wording.superlative(name, material.intent.order)} {material.noun(name)} "
        f"{material.when(name)}: {material.text(first, name)}{_also(material, first)}"
        f"{_followers(material, others, name)}"
    )


def _of_each(material: Material) -> str:
    """The leader of each sector or industry."""
    name, group = material.metric, str(material.intent.param("group_by"))
    leaders = [row for row in material.rows if row["rank"] == material.rows[0]["rank"]]
    leaders.sort(key=lambda row: row[name], reverse=material.intent.order == "desc")
    told = [
        f"{material.short(row['ticker'])} in {row[group]} at {_plain(material, row, name)}"
        for row in leaders
    ]
    extreme = f"{material.place}{wording.superlative(name, material.intent.order)}"
    return (
        f"{_among(material)}the stocks with the {extreme} {material.noun(name)} of their {group} "
        f"{material.when(name)} were {listed(told)}"
    )


def _nobody(material: Material) -> str:
    place = material.place.strip()
    if place and not material.intent.conditions:
        return f"There is no {place} among the {material.scope} {material.window}"
    terms = f" with {material.conditions}" if material.intent.conditions else ""
    if "cagr" in material.intent.metrics and not terms:
        return f"No CAGR is given for less than 365 days, so nothing is ranked {material.window}"
    return f"There are no {material.scope}{terms} to rank {material.window}"


def _among(material: Material) -> str:
    intent = material.intent
    parts = []
    if intent.tickers:
        parts.append(listed([material.short(ticker) for ticker in intent.tickers], most=8))
    elif intent.sector or intent.industry or intent.exclude:
        parts.append(f"the {material.scope}")
    if intent.conditions:
        parts.append(f"{'those' if parts else 'stocks'} with {material.conditions}")
    return f"Among {', '.join(parts)}, " if parts else ""


def _also(material: Material, first: Row) -> str:
    """The leader's other figures that were asked for."""
    told = [brief(material, first, name) for name in material.metrics[1:]]
    return f" with {listed(told)}" if told else ""


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


def screen(material: Material) -> str:
    """How many stocks pass, which, and on what terms."""
    terms = f"with {material.conditions} {material.when(_first_condition(material))}"
    found = len(material.rows)
    if not found:
        return f"None of the {material.scope} passes: there is no stock {terms}"
    if found == 1:
        row = material.rows[0]
        return f"Only {material.name(row['ticker'])} of the {material.scope} passes {terms}"
    names = listed([material.short(row["ticker"]) for row in material.rows], most=6)
    count = f"at least {found}" if found >= material.intent.limit else str(found)
    return f"{count} {material.scope} pass the screen {terms}: {names}"


def _first_condition(material: Material) -> str:
    conditions = material.intent.conditions
    return conditions[0].metric if conditions else material.metric


def aggregate(material: Material) -> str:
    """One group's figure, or the groups in order."""
    if not material.rows:
        return f"There are no {material.scope} with enough prices {material.window}"
    if len(material.rows) == 1 and not material.intent.param("group_by"):
        return _group(material, material.rows[0])
    name = material.metric
    known = [row for row in material.rows if row[name] is not None]
    known.sort(key=lambda row: row[name], reverse=material.intent.order == "desc")
    first, *others = known
    extreme = wording.superlative(name, material.intent.order)
    figures = [f"{_group_name(row)} at {_plain(material, row, name)}" for row in others]
    joint = "ahead of" if material.intent.order == "desc" else "followed by"
    return (
        f"{_group_name(first)} had the {material.place}{extreme} {_method(material)}"
        f"{material.noun(name)} of the {_kinds(material)} {material.when(name)}: "
        f"{material.text(first, name)}"
        f"{f', {joint} {listed(figures[:2])}' if figures else ''}"
    )


_SUMMARIES = ("mean", "median")


def _group(material: Material, row: Row) -> str:
    figures = [f"{material.noun(name)} of {material.text(row, name)}" for name in material.metrics]
    scope = material.scope.replace("stocks", "stock", 1) if row.get("members") == 1 else ""
    group = f"{row['members']} {scope or material.scope}" if row.get("members") else material.scope
    how = material.intent.param("aggregation", "mean")
    if how in _SUMMARIES:
        return f"The {group} had a {how} {listed(figures)} {material.when(material.metric)}"
    return (
        f"An equal-weight portfolio of the {group}, {_held(material)}, had a {listed(figures)} "
        f"{material.when(material.metric)}"
    )


def _held(material: Material) -> str:
    daily = material.intent.param("aggregation") == "rebalanced"
    return "rebalanced daily" if daily else "bought and held"


def _method(material: Material) -> str:
    how = material.intent.param("aggregation", "mean")
    return f"{how} " if how in _SUMMARIES else f"equal-weight ({_held(material)}) "


def _group_name(row: Row) -> str:
    return str(row.get("sector") or row.get("industry"))


def _kinds(material: Material) -> str:
    return "industries" if material.intent.param("group_by") == "industry" else "sectors"
