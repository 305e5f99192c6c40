"""Who takes part: companies, the index, sectors, industries, and who is left out."""

from __future__ import annotations

import itertools

from analysis.lexicon.loader import read
from analysis.understanding.draft import Draft, Stop
from analysis.understanding.reading import Item
from analysis.understanding.refusing import refusal

_GROUPS = ("sector", "industry", "family", "several")
_BETWEEN = (
    "and", "or", "&", "nor", "the", "any", "all", "stock", "company", "name", "sector", "in", "of",
    "-", "/", "share", "firm", "one", "every", "space", "plus", "also",
)  # fmt: skip


def find_entities(draft: Draft) -> None:
    """Claims names; "excluding X" and "not X" first, because they turn the meaning around."""
    _exclusions(draft)
    for i, item in enumerate(draft.reading.items):
        if not item.used and _is_entity(item) and not _only_a_word(draft, i):
            _include(draft, item)
    _group_words(draft)
    _legal_forms(draft)
    _descriptions(draft)


def _only_a_word(draft: Draft, i: int) -> bool:
    """ "52-week range of Coca-Cola": not Range Resources."""
    words = read("groups")["wordlike"]
    item, before, after = draft.reading.items[i], draft.reading.at(i - 1), draft.reading.at(i + 1)
    if any(tag in item.tags for tag in _GROUPS) and "company" not in item.tags:
        bare = _bare_noun(item, after) and not _beside_a_group(draft, item)
        return bare or _part_of_a_name(item, before)
    if item.raw not in words["words"] or item.text == "index":
        return False
    followed = after is not None and after.text in words["after"]
    measured = before is not None and (
        before.number is not None
        or (before.used and "company" not in before.tags and "versus" not in before.tags)
    )
    return followed or measured


def _bare_noun(item: Item, after: Item | None) -> bool:
    """ "oil" and "store" mean a group only beside a word for companies: "oil stocks"."""
    if item.raw.casefold() not in read("groups")["wordlike"]["nouns"]:
        return False
    return after is None or not (after.is_("universe") or after.is_("group_word"))


def _beside_a_group(draft: Draft, item: Item) -> bool:
    """ "Did oil beat tech": compared with a group it is one."""
    compared = any(draft.reading.has(tag) for tag in ("versus", "beat", "than"))
    others = [i for i in draft.reading.items if i is not item and "company" not in i.tags]
    return compared and any(tag in other.tags for other in others for tag in _GROUPS)


def _part_of_a_name(item: Item, before: Item | None) -> bool:
    """ "GE Healthcare" is another company than GE."""
    named = before is not None and "company" in before.tags and before.used
    return named and not item.apart and item.raw[:1].isupper()


def _exclusions(draft: Draft) -> None:
    items = draft.reading.items
    for i, item in enumerate(items):
        if not item.used and item.is_("negate"):
            _exclude_from(draft, i)


def _exclude_from(draft: Draft, i: int) -> None:
    """Everything named after the negation, up to the first word that is no name."""
    items = draft.reading.items
    if items[i].text == "drop" and i > 0:
        return
    if items[i].text == "bar" and i + 1 < len(items) and items[i + 1].is_("unit"):
        return
    j, found = i + 1, 0
    while j < len(items) and (_is_entity(items[j]) or items[j].text in _BETWEEN):
        if _is_entity(items[j]):
            _exclude(draft, items[j])
            found = j
        j += 1
    if found:
        draft.reading.claim(*range(i, found + 1))
        _claim_before(draft, i)


def _claim_before(draft: Draft, i: int) -> None:
    """ "but not X": the "but" belongs to it."""
    before = draft.reading.at(i - 1)
    if before is not None and before.text in ("but", "and"):
        before.used = True


def _is_entity(item: Item) -> bool:
    return not item.used and ("company" in item.tags or any(tag in item.tags for tag in _GROUPS))


def _exclude(draft: Draft, item: Item) -> None:
    for ticker in members(draft, item):
        if ticker not in draft.exclude:
            draft.exclude.append(ticker)
    item.used = True


def members(draft: Draft, item: Item) -> tuple[str, ...]:
    """The tickers that a name stands for."""
    names, tags = draft.reading.names, item.tags
    if "company" in tags:
        return (tags["company"],)
    if "several" in tags:
        return tuple(t for t in tags["several"].split() if t in names.tickers)
    if "family" in tags:
        groups = read("groups")["families"][tags["family"]]
        return tuple(t for group in groups for t in names.members(group))
    group = tags.get("industry") or tags["sector"]
    found = names.members(group)
    if not found:
        raise Stop(refusal("no_members", draft, label=group))
    return found


def _include(draft: Draft, item: Item) -> None:
    tags = item.tags
    if "company" in tags:
        if item.stop or tags["company"] not in draft.tickers:
            draft.tickers.append(tags["company"])
    elif "industry" in tags and draft.reading.names.members(tags["industry"]):
        _add(draft.industries, tags["industry"])
    elif "sector" in tags:
        members(draft, item)
        _add(draft.sectors, tags["sector"])
    elif "family" in tags:
        for group in read("groups")["families"][tags["family"]]:
            _add(draft.industries, group)
    else:
        draft.tickers += [t for t in members(draft, item) if t not in draft.tickers]
    item.used = True


_SIZES = ("big", "large", "major", "leading", "small")
_LEGAL = ("inc", "co", "corp", "corporation", "company", "plc", "incorporated", "group", "ltd")


def _legal_forms(draft: Draft) -> None:
    """ "Home Depot Inc": the legal form belongs to the name before it."""
    for i, item in enumerate(draft.reading.items):
        before = draft.reading.at(i - 1)
        if item.text in _LEGAL and before is not None and "company" in before.tags:
            item.used = True


def _descriptions(draft: Draft) -> None:
    """ "the oil majors XOM and CVX": the group only describes the stocks that are named."""
    groups = [*draft.sectors, *draft.industries]
    named = draft.stocks
    if len(groups) != 1 or len(named) < 2:
        return
    compared = draft.reading.has("versus") or draft.reading.has("beat")
    if compared and not _stands_before_names(draft, groups[0]):
        return
    if set(named) <= set(draft.reading.names.members(groups[0])):
        draft.sectors, draft.industries = [], []
        _claim_size(draft, groups[0])


def _stands_before_names(draft: Draft, group: str) -> bool:
    """ "compare the drug makers Pfizer and Merck", unlike "compare Pfizer and the drug makers"."""
    items = draft.reading.items
    pairs = itertools.pairwise(items)
    return any(_is_group(item, group) and "company" in after.tags for item, after in pairs)


def _is_group(item: Item, group: str) -> bool:
    return group in (item.tags.get("sector"), item.tags.get("industry"))


def _claim_size(draft: Draft, group: str) -> None:
    """ "the three big drug makers Pfizer, Merck and Lilly": no order is meant."""
    for i, item in enumerate(draft.reading.items):
        before = draft.reading.at(i - 1)
        if _is_group(item, group) and before is not None and before.text in _SIZES:
            before.used = True


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _group_words(draft: Draft) -> None:
    """ "the tech sector": "sector" belongs to the name beside it."""
    items = draft.reading.items
    for i, item in enumerate(items):
        if item.is_("group_word") and not item.used:
            before = draft.reading.at(i - 1)
            if before is not None and before.used and any(tag in before.tags for tag in _GROUPS):
                item.used = True
