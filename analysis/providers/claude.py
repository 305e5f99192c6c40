"""Claude (Anthropic) as the one who reads the question and words a remark about the result.

Its plan is checked against the same vocabulary as the embedded engine's and run by the same
scripts; it never supplies a number. Whatever goes wrong raises ProviderFailed with a sentence for
the log, and the embedded engine answers.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING

from django.conf import settings

from analysis.intent import Intent, Refusal
from analysis.market_facts import MarketFacts
from analysis.providers.base import Meaning, ProviderFailed
from analysis.providers.claude_plan import Planned, intent_of
from analysis.providers.claude_prompts import planning_prompt, remark_prompt
from analysis.providers.support import supported, whole_sentences
from analysis.result import Result
from analysis.writing.answer import Answer

if TYPE_CHECKING:
    import anthropic

TIMEOUT = 20.0  # seconds an attempt
PATIENCE = 30.0  # seconds for all attempts of one call
RETRIES = 1
PLAN_TOKENS, REMARK_TOKENS = 1_500, 400


class Claude:
    name = "claude"

    async def understand(
        self,
        question: str,
        facts: MarketFacts,
        previous: Intent | None,
        overrides: Mapping[str, str],
    ) -> Meaning:
        planned = await self._planned(planning_prompt(question, facts, previous, overrides))
        if planned.unsupported_reason:
            return Refusal(planned.unsupported_reason, planned.nearest or None, ())
        return intent_of(planned, facts, overrides)

    async def _planned(self, prompt: str) -> Planned:
        with explained():
            async with asyncio.timeout(PATIENCE), client() as claude:
                message = await claude.messages.parse(
                    model=settings.ANTHROPIC_MODEL,
                    max_tokens=PLAN_TOKENS,
                    messages=[{"role": "user", "content": prompt}],
                    output_format=Planned,
                )
        if message.stop_reason == "refusal" or message.parsed_output is None:
            raise ProviderFailed("Claude declined to plan this question")
        return message.parsed_output

    async def narrate(
        self, question: str, intent: Intent, result: Result, answer: Answer
    ) -> AsyncIterator[str]:
        """Sentences as they are complete; one with a figure that was not computed is left out."""
        prompt = remark_prompt(question, result, answer)
        with explained():
            async with (
                asyncio.timeout(PATIENCE),
                client() as claude,
                claude.messages.stream(
                    model=settings.ANTHROPIC_MODEL,
                    max_tokens=REMARK_TOKENS,
                    messages=[{"role": "user", "content": prompt}],
                ) as stream,
            ):
                async for sentence in whole_sentences(stream.text_stream):
                    if supported(sentence, result, answer):
                        yield sentence
                final = await stream.get_final_message()
        if final.stop_reason != "end_turn":
            raise ProviderFailed(f"Claude's remark broke off ({final.stop_reason or 'cut off'})")


def client() -> anthropic.AsyncAnthropic:
    """Imported here: the SDK costs a third of a second that a site without a key should not pay."""
    import anthropic

    return anthropic.AsyncAnthropic(
        api_key=settings.ANTHROPIC_API_KEY,
        base_url=settings.ANTHROPIC_BASE_URL or None,
        timeout=TIMEOUT,
        max_retries=RETRIES,
    )


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn the SDK's errors into one sentence; neither keys nor bodies get into the log."""
    import anthropic
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as error:
        raise ProviderFailed("Claude's plan was incomplete") from error
    except (TimeoutError, anthropic.APITimeoutError) as error:
        raise ProviderFailed("Claude did not answer in time") from error
    except (anthropic.AuthenticationError, anthropic.PermissionDeniedError) as error:
        raise ProviderFailed("Claude refuses the key in ANTHROPIC_API_KEY") from error
    except anthropic.RateLimitError as error:
        raise ProviderFailed("Claude is over its rate limit") from error
    except anthropic.APIStatusError as error:
        raise ProviderFailed(f"Claude answered with an error ({error.status_code})") from error
    except anthropic.AnthropicError as error:
        raise ProviderFailed("Claude cannot be reached") from error
