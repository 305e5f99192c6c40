"""`understand`: a question in plain words becomes an `Intent`, a `Question` or a `Refusal`."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.intent import Intent, Question, Refusal
from analysis.market_facts import MarketFacts
from analysis.understanding.cutting import cut
from analysis.understanding.draft import Draft
from analysis.understanding.finding import find_all
from analysis.understanding.follow_ups import follow_up
from analysis.understanding.names import names_of
from analysis.understanding.overrides import apply_overrides
from analysis.understanding.residue import check_families, check_left_over, claim_opening
from analysis.understanding.shapes import intent_of
from analysis.understanding.spelling import corrected
from analysis.understanding.stopping import Stop, refuse
from analysis.understanding.tokens import tokenise

LONGEST = 1_000
MOST_WORDS = 250


def understand(
    text: str,
    facts: MarketFacts,
    *,
    previous: Intent | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Intent | Question | Refusal:
    """What `text` asks of the data in `facts`; never raises, whatever the text.

    `previous` is the intent of the question before it, for follow-ups. `overrides` maps a slot to
    a phrase ("window": "last 10 years"): an edited chip or the answer to a `Question`.
    """
    draft = draft_of(text, facts, dict(overrides or {}))
    try:
        return _understand(draft, previous)
    except Stop as stop:
        return _worth_asking(stop.outcome, draft, previous)


def _worth_asking(
    outcome: Question | Refusal, draft: Draft, previous: Intent | None
) -> Intent | Question | Refusal:
    """A person is asked only where the answer helps: the rest has to be understood already."""
    if isinstance(outcome, Refusal) or outcome.slot in draft.overrides:
        return outcome
    settled = {**draft.overrides, outcome.slot: outcome.default}
    after = understand(draft.text, draft.facts, previous=previous, overrides=settled)
    return after if isinstance(after, Refusal) else outcome


def _understand(draft: Draft, previous: Intent | None) -> Intent:
    if len(draft.text) > LONGEST or len(draft.reading.items) > MOST_WORDS:
        refuse(draft, "too_long", f"{LONGEST:,}")
    if not draft.reading.items:
        refuse(draft, "empty")
    corrected(draft)
    _find(draft)
    apply_overrides(draft)
    followed = follow_up(draft, previous) if previous else None
    if followed is not None:
        return followed
    check_families(draft)
    claim_opening(draft)
    intent = intent_of(draft)
    check_left_over(draft)
    return intent


def _find(draft: Draft) -> None:
    """A forecast for 2023 is refused as a forecast, not for its date."""
    try:
        find_all(draft)
    except Stop:
        if draft.reading.free("refuse", "forecast"):
            check_families(draft)
        raise


def draft_of(text: str, facts: MarketFacts, overrides: dict[str, str]) -> Draft:
    names = names_of(facts)
    tokens = tokenise(text) if len(text) <= LONGEST else []
    return Draft(cut(tokens, names), facts, text, overrides=overrides)
