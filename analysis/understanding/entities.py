"""Who takes part: companies, the index, sectors, industries, and who is left out."""

from __future__ import annotations

import itertools

from analysis.lexicon.loader import read
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.stopping import refuse

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
    if item.is_any(*_GROUPS) and not item.is_("company"):
        bare = _bare_noun(item, after) and not _beside_a_group(draft, item)
        return bare or _part_of_a_name(item, before)
    if item.raw not in words["words"] or item.text == "index":
        return False
    measured = before.number is not None or (before.used and not before.is_any("company", "versus"))
    return after.text in words["after"] or measured


def _bare_noun(item: Item, after: Item) -> bool:
    """ "oil" and "store" mean a group only beside a word for companies: "oil stocks"."""
    nouns = read("groups")["wordlike"]["nouns"]
    return item.raw.casefold() in nouns and not after.is_any("universe", "group_word")


def _beside_a_group(draft: Draft, item: Item) -> bool:
    """ "Did oil beat tech": compared with a group it is one."""
    compared = any(draft.reading.has(tag) for tag in ("versus", "beat", "than"))
    others = [i for i in draft.reading.items if i is not item and not i.is_("company")]
    return compared and any(other.is_any(*_GROUPS) for other in others)


def _part_of_a_name(item: Item, before: Item) -> bool:
    """ "GE Healthcare" is another company than GE."""
    named = before.is_("company") and before.used
    return named and not item.apart and item.raw[:1].isupper()


def _exclusions(draft: Draft) -> None:
    for i, item in enumerate(draft.reading.items):
        if not item.used and item.is_("negate"):
            _exclude_from(draft, i)


def _exclude_from(draft: Draft, i: int) -> None:
    """Everything named after the negation, up to the first word that is no name."""
    items = draft.reading.items
    verb = items[i].text == "drop" and i > 0
    if verb or (items[i].text == "bar" and draft.reading.at(i + 1).is_("unit")):
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
    if before.text in ("but", "and"):
        before.used = True


def _is_entity(item: Item) -> bool:
    return not item.used and item.is_any("company", *_GROUPS)


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
        refuse(draft, "no_members", group)
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
        if item.text in _LEGAL and before.is_("company"):
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
    return any(_is_group(item, group) and after.is_("company") for item, after in pairs)


def _is_group(item: Item, group: str) -> bool:
    return group in (item.tags.get("sector"), item.tags.get("industry"))


def _claim_size(draft: Draft, group: str) -> None:
    """ "the three big drug makers Pfizer, Merck and Lilly": no order is meant."""
    for i, item in enumerate(draft.reading.items):
        before = draft.reading.at(i - 1)
        if _is_group(item, group) and before.text in _SIZES:
            before.used = True


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _group_words(draft: Draft) -> None:
    """ "the tech sector": "sector" belongs to the name beside it."""
    for i, item in enumerate(draft.reading.items):
        before = draft.reading.at(i - 1)
        if item.is_("group_word") and before.used and before.is_any(*_GROUPS):
            item.used = True
