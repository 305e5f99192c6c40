"""A question cut into items: phrases of the lexicon, names of the market, numbers, other words."""

from __future__ import annotations

import re

from analysis.lexicon.loader import lexicon
from analysis.understanding.names import Names
from analysis.understanding.reading import Item, Reading
from analysis.understanding.tokens import Token

_ORDINALS = ("st", "nd", "rd", "th")
_UNITS = {
    "y": "year", "yr": "year", "d": "day", "w": "week", "wk": "week", "m": "month", "mo": "month",
    "mth": "month", "q": "quarter",
}  # fmt: skip
_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mm": 1e6, "bn": 1e9}
_DIGITS = 15  # more digits than any amount, year or count has
_TICKER = re.compile(r"[A-Z]{1,5}")
_IGNORED_SIGNS = frozenset("-/*@^#&")


def cut(tokens: list[Token], names: Names) -> Reading:
    """Longest phrase first, from left to right."""
    items: list[Item] = []
    shouting = _is_shouting(tokens)
    i = 0
    while i < len(tokens):
        item = (
            _ticker(tokens, i, names, shouting)
            or _phrase(tokens, i, names)
            or _number(tokens, i)
            or _plain(tokens, i)
        )
        items.append(item)
        i = item.end
    return Reading(items, names)


def _is_shouting(tokens: list[Token]) -> bool:
    words = [t.raw for t in tokens if t.kind == "word"]
    return len(words) > 2 and all(word.isupper() for word in words)


def _ticker(tokens: list[Token], i: int, names: Names, shouting: bool) -> Item | None:
    """`$AAPL` and `$aapl` always; `AAPL` in capitals where not everything is in capitals."""
    token = tokens[i]
    dollar = token.text == "$" and i + 1 < len(tokens) and tokens[i + 1].kind == "word"
    if dollar and tokens[i + 1].glued:
        symbol = tokens[i + 1].raw.upper()
        tag = "company" if symbol in names.tickers else "symbol"
        return _item(tokens, i, i + 2, {tag: symbol})
    if token.kind != "word" or shouting or not _TICKER.fullmatch(token.raw):
        return None
    longer = _phrase(tokens, i, names)
    if token.raw in ("A", "I"):  # words before they are tickers; "$A" is one
        return None
    if token.raw in names.tickers and not (longer and longer.end > i + 1):
        return _item(tokens, i, i + 1, {"company": token.raw})
    return None


def _phrase(tokens: list[Token], i: int, names: Names) -> Item | None:
    words = lexicon()
    for length in range(min(words.longest, len(tokens) - i), 0, -1):
        key = tuple(token.text for token in tokens[i : i + length])
        tags = {**words.tags(key), **names.phrases.get(key, {})}
        small = tokens[i].kind == "number" and tokens[i + length - 1].raw.islower()
        if "unknown" in tags and small:
            continue  # "3m" is a length of time, "3M" a company
        if tags:
            return _with_number(_item(tokens, i, i + length, _usable(tags, names)))
    return None


def _usable(tags: dict[str, str], names: Names) -> dict[str, str]:
    """Nicknames count only for companies that the data has."""
    if "company" in tags and "unknown" in tags:
        return {tag: meaning for tag, meaning in tags.items() if tag != "unknown"}
    nickname = tags.get("nickname")
    if nickname is None:
        return tags
    rest = {tag: meaning for tag, meaning in tags.items() if tag != "nickname"}
    if nickname in names.tickers:
        rest.setdefault("company", nickname)
    return rest


def _with_number(item: Item) -> Item:
    for tag, unit in (("number_word", ""), ("fraction", "fraction"), ("ordinal", "ordinal")):
        if tag in item.tags:
            item.number, item.unit = float(item.tags[tag]), unit
    return item


def _number(tokens: list[Token], i: int) -> Item | None:
    """A number with what is glued to it: sign, "$", "%", k, ordinal, time unit."""
    j, unit, sign = i, "", 1.0
    dashed = j > 0 and (tokens[j].glued or not _glued(tokens, j + 1))
    if _is(tokens, j, "-") and _is_number(tokens, j + 1) and not dashed:
        sign, j = -1.0, j + 1
    if _is(tokens, j, "+") and _is_number(tokens, j + 1) and not (j > 0 and tokens[j].glued):
        j += 1
    if _is(tokens, j, "$") and _is_number(tokens, j + 1):
        unit, j = "$", j + 1
    if not _is_number(tokens, j) or len(tokens[j].text) > _DIGITS:
        return None
    item = _item(tokens, i, j + 1, {}, kind="number")
    item.number, item.unit, item.text = sign * float(tokens[j].text), unit, tokens[j].text
    return _suffixed(item, tokens, j + 1)


def _suffixed(item: Item, tokens: list[Token], j: int) -> Item:
    if j >= len(tokens) or not tokens[j].glued or item.number is None:
        return item
    suffix = tokens[j].text
    followed = j + 1 < len(tokens) and tokens[j + 1].glued and tokens[j + 1].kind != "sign"
    if suffix in _ORDINALS:
        item.unit, item.end = "ordinal", j + 1
    elif suffix in _UNITS and item.unit != "$" and not followed:
        item.unit, item.end = _UNITS[suffix], j + 1
    elif suffix in _SCALES:
        item.number, item.end = item.number * _SCALES[suffix], j + 1
        item.unit = "$" if item.unit == "$" else "k"
    return item


def _plain(tokens: list[Token], i: int) -> Item:
    token = tokens[i]
    ignored = token.kind == "sign" and token.text in _IGNORED_SIGNS
    return _item(tokens, i, i + 1, {"stop": "sign"} if ignored else {}, kind=token.kind)


def _item(tokens: list[Token], i: int, j: int, tags: dict[str, str], kind: str = "word") -> Item:
    part = tokens[i:j]
    text = " ".join(token.text for token in part)
    raw = " ".join(token.raw for token in part)
    return Item(text, raw, j, tags, kind=kind, apart=tokens[i].apart)


def _glued(tokens: list[Token], i: int) -> bool:
    return i < len(tokens) and tokens[i].glued


def _is(tokens: list[Token], i: int, text: str) -> bool:
    return i < len(tokens) and tokens[i].text == text


def _is_number(tokens: list[Token], i: int) -> bool:
    return i < len(tokens) and tokens[i].kind == "number"
