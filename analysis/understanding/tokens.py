"""Text into tokens: the one place that knows about characters.

Every pattern is a single pass without nested quantifiers, so the work grows with the length of
the text and with nothing else.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata

# Typographic quotes, and hyphens, dashes and the minus sign, by their code points.
_QUOTES = str.maketrans({0x2019: "'", 0x2018: "'", 0x60: "'", 0x201C: '"', 0x201D: '"'})
_DASHES = str.maketrans(dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-"))
_SIGNS = str.maketrans({"≥": ">=", "≤": "<="})
_NOT = re.compile(r"n't\b", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"(?<!\w)'(\d\d)(?!\d)")
_WILL = re.compile(r"'ll\b", re.IGNORECASE)
_CLITIC = re.compile(r"'(?:s|d|ve|re|m)?(?=\W|$)", re.IGNORECASE)

_TOKEN = re.compile(
    r"(?P<iso>\d{4}[-/]\d{1,2}[-/]\d{1,2}(?!\d))"
    r"|(?P<slashed>\d{1,2}[/.]\d{1,2}[/.]\d{4}(?!\d))"
    r"|(?P<month>\d{4}-(?:0[1-9]|1[0-2])(?![\d-]))"
    r"|(?P<ratio>\d{1,2}[:/]\d{1,2}(?!\d))"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<sign>>=|<=|[%$&<>=+£€¥^#@*/-])"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    """`text` is what phrases are matched on; `glued`: no space between it and the one before."""

    kind: str  # word, number, sign, iso, month, slashed, ratio
    text: str
    raw: str
    glued: bool
    apart: bool = False  # a comma or semicolon stands before it


def tokenise(text: str) -> list[Token]:
    """Words, numbers, dates and the few signs that mean something; the rest is dropped."""
    plain = clean(text)
    tokens: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(plain):
        kind, raw = match.lastgroup or "word", match.group()
        gap = plain[max(end, 0) : match.start()]
        apart = "," in gap or ";" in gap
        tokens.append(Token(kind, _canonical(kind, raw), raw, match.start() == end, apart))
        end = match.end()
    return _without_hyphens(tokens)


def _without_hyphens(tokens: list[Token]) -> list[Token]:
    """ "risk-free" and "30-day" are read like "risk free" and "30 day"; "2015-2020" stays."""
    kept: list[Token] = []
    apart = False
    for i, token in enumerate(tokens):
        if token.text == "-" and _joins(tokens, i):
            apart = True
            continue
        kept.append(dataclasses.replace(token, glued=False) if apart else token)
        apart = False
    return kept


def _joins(tokens: list[Token], i: int) -> bool:
    if i == 0 or i + 1 >= len(tokens) or not tokens[i].glued or not tokens[i + 1].glued:
        return False
    return "word" in (tokens[i - 1].kind, tokens[i + 1].kind)


def clean(text: str) -> str:
    """Compatibility forms folded, quotes and dashes made plain, contractions opened."""
    folded = unicodedata.normalize("NFKC", text)
    folded = folded.translate(_QUOTES).translate(_DASHES).translate(_SIGNS)
    folded = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    folded = _SHORT_YEAR.sub(_long_year, folded)
    folded = _WILL.sub(" will", _NOT.sub(" not", folded))
    return _CLITIC.sub("", folded)


def _long_year(match: re.Match[str]) -> str:
    """ "'08" is 2008, "'95" is 1995."""
    return ("19" if match[1] > "49" else "20") + match[1]


def _canonical(kind: str, raw: str) -> str:
    if kind == "number":
        return raw.replace(",", "")
    return stem(raw.casefold()) if kind == "word" else raw


def stem(word: str) -> str:
    """Plural endings off; used alike on the lexicon's phrases and on the question's words."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
