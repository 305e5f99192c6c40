"""Questions put to the engine one after the other, each a follow-up to the one before."""

from analysis.intent import Intent, Refusal
from analysis.market_facts import MarketFacts
from analysis.understanding.question import understand


def read(facts: MarketFacts, *texts: str) -> Intent:
    """The intent of the last text; each of them has to be understood."""
    intent: Intent | None = None
    for text in texts:
        outcome = understand(text, facts, previous=intent)
        assert isinstance(outcome, Intent), (text, outcome)
        intent = outcome
    assert intent is not None
    return intent


def refused(facts: MarketFacts, *texts: str) -> Refusal:
    """The refusal of the last text; those before it have to be understood."""
    *before, text = texts
    previous = read(facts, *before) if before else None
    outcome = understand(text, facts, previous=previous)
    assert isinstance(outcome, Refusal), (text, outcome)
    return outcome
