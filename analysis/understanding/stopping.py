"""Where understanding ends without an intent: a question to the person, or a refusal that helps.

A refusal has the reason, the nearest question that can be answered, and three examples.
"""

from __future__ import annotations

from typing import NoReturn

from analysis.intent import Question, Refusal
from analysis.lexicon.loader import read
from analysis.understanding.draft import Draft

EXAMPLES = (
    "which stocks have the highest volatility?",
    "compare {first} and {second} over the last 10 years",
    "best day of {first} since 2010",
)


class Stop(Exception):
    """Understanding ends here: the person has to be asked, or the question is refused."""

    def __init__(self, outcome: Question | Refusal) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def ask(
    slot: str, text: str, choices: tuple[tuple[str, str], ...], settle: bool = False
) -> NoReturn:
    """2-4 readings; the first is the recommended one."""
    raise Stop(Question(slot, text, choices[:4], choices[0][0], settle))


def refuse(draft: Draft, code: str, label: str = "", nearest: str = "") -> NoReturn:
    """`code` names the family (`lexicon/refusals.toml`), `label` what was named in the question."""
    raise Stop(refusal(code, draft, nearest, label=label))


def refusal(code: str, draft: Draft, nearest: str = "", **words: str) -> Refusal:
    """The refusal of a family, with what the question named filled in; `nearest` where another
    question is nearer than the family's."""
    family = read("refusals")["families"][code]
    facts = draft.facts
    names = {
        "first": facts.first_date.isoformat(),
        "last": facts.last_date.isoformat(),
        "count": str(len(facts.stocks())),
        "company": _subject(draft),
        "near": "",
        **words,
    }
    near = nearest or family["nearest"].format(**names)
    return Refusal(family["reason"].format(**names), near, examples(draft), code)


def unplannable(reason: str) -> Refusal:
    """A question that was understood, but whose figures do not go together."""
    nearest = "which stocks have the highest volatility?"
    return Refusal(
        reason, nearest, (nearest, "list the metrics", "list the tickers"), "unsupported"
    )


def _subject(draft: Draft) -> str:
    """Whom the question is about, or the market; the first stock where there is no index."""
    if draft.tickers:
        return draft.tickers[0]
    for item in draft.reading.items:
        if item.is_("company"):
            return item.tags["company"]
    stocks = draft.facts.stocks()
    if draft.reading.names.index:
        return "the market"
    return stocks[0].ticker if stocks else "the market"


def examples(draft: Draft) -> tuple[str, ...]:
    """Three questions that the data at hand can answer."""
    names = [c.ticker for c in draft.facts.stocks()][:2]
    if len(names) < 2:
        return (EXAMPLES[0],)
    return tuple(text.format(first=names[0], second=names[1]) for text in EXAMPLES)
