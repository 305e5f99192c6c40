"""The plug-in point: who turns a question into an Intent, and who words the answer.

A provider is one module with one class, registered in `registry.py`. It never supplies a number:
figures come from the plan that the engine runs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from analysis.intent import Intent, Question, Refusal
from analysis.market_facts import MarketFacts
from analysis.result import Result
from analysis.writing.answer import Answer

Meaning = Intent | Question | Refusal


class ProviderFailed(Exception):
    """The provider could not help; the embedded engine takes over and the log says why."""


class Provider(Protocol):
    name: str

    async def understand(
        self,
        question: str,
        facts: MarketFacts,
        previous: Intent | None,
        overrides: Mapping[str, str],
    ) -> Meaning:
        """Raises ProviderFailed where the embedded engine should be asked instead."""

    def narrate(
        self, question: str, intent: Intent, result: Result, answer: Answer
    ) -> AsyncIterator[str]:
        """Pieces of a text about computed results as they come; none where nothing is to be added.

        Raises ProviderFailed.
        """
