"""What a question being typed may become: questions asked before, and names as they go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analysis.lexicon.loader import lexicon

Search = Callable[[str], Sequence[Mapping[str, Any]]]

MOST = 8
ASKED_BEFORE = 3


def completions(text: str, search: Search) -> list[tuple[str, str]]:
    """(whole question, detail) of each; `search` gives `{"kind", "label", "detail"}` of a text.

    Names are looked for by the last word alone: those before it are meant already.
    """
    hits, word = search(text), last_name(text)
    asked = [hit for hit in hits if hit["kind"] == "question"][:ASKED_BEFORE]
    whole = {hit["label"]: hit["detail"] for hit in asked}
    for hit in (hits if word == text else search(word)) if word else ():
        if hit["kind"] != "question":
            whole.setdefault(completed(text, hit["label"]), hit["detail"])
    return list(whole.items())[:MOST]


def last_name(text: str) -> str:
    """The last word, unless it only joins others, like "of"."""
    word = text.rpartition(" ")[2]
    return "" if "stop" in lexicon().tags((word.lower(),)) else word


def completed(text: str, name: str) -> str:
    """The name in place of those last words that begin it, or else of the last one.

    "max draw" becomes "Max drawdown", not "max Max drawdown".
    """
    starts = [found.end() for found in re.finditer(r"^|\s", text)]
    begun = (at for at in starts if name.lower().startswith(text[at:].lower()))
    return text[: next(begun, starts[-1])] + name
