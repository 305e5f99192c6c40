"""The engine of this repository: deterministic, offline, a few milliseconds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from analysis.intent import Intent
from analysis.market_facts import MarketFacts
from analysis.providers.base import Meaning
from analysis.result import Result
from analysis.understanding.question import understand
from analysis.writing.answer import Answer


class Embedded:
    name = "embedded"

    async def understand(
        self,
        question: str,
        facts: MarketFacts,
        previous: Intent | None,
        overrides: Mapping[str, str],
    ) -> Meaning:
        return understand(question, facts, previous=previous, overrides=overrides)

    async def narrate(
        self, question: str, intent: Intent, result: Result, answer: Answer
    ) -> AsyncIterator[str]:
        """The sentence of `writing` is the whole answer."""
        return
        yield
