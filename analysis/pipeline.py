"""The five steps of an analysis. `STEPS` is the table of contents.

A step takes the `Work` and yields the lines that the user shall see; only the runner
(`analysis.tasks`) emits them, cancels and catches. What must survive a dead worker is in the
database; everything else is computed again.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from django.db import DatabaseError

from analysis import cache, context, history
from analysis.charts import chart
from analysis.errors import UnplannableIntent
from analysis.execution import Execution
from analysis.expansion import expand
from analysis.formats import counted, lowered
from analysis.intent import Intent, Question, Refusal
from analysis.market import MarketFacts
from analysis.models import Analysis
from analysis.outcome import outcome
from analysis.planner import plan
from analysis.providers.base import ProviderFailed
from analysis.providers.embedded import Embedded
from analysis.readings import agreed
from analysis.understanding.stopping import unplannable
from analysis.work import Ask, Line, OutOfScope, Said, Share, Work
from analysis.writing.answer import write
from analysis.writing.follow_ups import suggest
from progress.service import in_thread

logger = logging.getLogger("analysis.pipeline")

SHARE_EVERY = 0.1  # seconds between two looks at a running query


Step = Callable[[Work], AsyncIterator[Said]]


async def remember(work: Work) -> AsyncIterator[Said]:
    """1. Log the question, and look whether its answer is known."""
    work.facts = await asyncio.to_thread(work.market.facts)
    work.previous = await in_thread(history.previous_intent, work.analysis)
    if not work.resumed:
        yield Line(f"Processing question: {work.analysis.question}")
        if work.is_new_session:
            yield Line("Session created", "success")
        yield Line("Adding message to chat history")
        await in_thread(history.log_question, work.analysis)
        yield Line("Message logged", "success")
    async for line in understood(work):
        yield line
    async for line in from_cache(work):
        yield line


async def understood(work: Work) -> AsyncIterator[Said]:
    """Ask the provider; where it fails the embedded engine answers and the log says so."""
    arguments = (work.analysis.question, work.known_facts, work.previous, work.overrides)
    try:
        work.meaning = await work.provider.understand(*arguments)
    except ProviderFailed as error:
        yield Line(f"{error}; the embedded engine answers instead", "warning")
        work.provider = Embedded()
        work.meaning = await work.provider.understand(*arguments)


async def from_cache(work: Work) -> AsyncIterator[Said]:
    if work.analysis.refresh:
        yield Line("Recomputing: the cache is not used")
        return
    yield Line("Checking cache for similar analyses")
    try:
        if isinstance(work.meaning, Intent):
            work.outcome = await in_thread(cached, work.analysis, work.intent, work.known_facts)
    except DatabaseError as error:
        logger.warning("the cache cannot be read: %s", error)
        yield Line("The cache cannot be read; going on without it", "warning")
        return
    hit = work.outcome is not None
    yield Line(
        "Found cached result - returning" if hit else "Cache miss - proceeding",
        "success" if hit else "info",
    )


def cached(analysis: Analysis, intent: Intent, facts: MarketFacts) -> dict[str, Any] | None:
    found = cache.get(cache.key(intent, facts.version))
    if found is None:
        return None
    analysis.cached_at = found.created_at
    return found.outcome


async def search_context(work: Work) -> AsyncIterator[Said]:
    """2. Find what it is about; ask where readings differ, refuse what is out of scope."""
    yield Line("Searching for contextual information")
    started = time.perf_counter()
    try:
        past = await in_thread(history.own_questions, work.analysis)
        hits = context.search(work.analysis.question, work.known_facts, past, limit=5)
    except Exception as error:  # the search only adds context: the answer does not need it
        logger.exception("context search failed")
        yield Line(f"Context search failed: {error}", "warning")
    else:
        seconds = time.perf_counter() - started
        found = ", ".join(hit.label for hit in hits[:3]) or "nothing beyond the words themselves"
        yield Line(f"Context search completed in {seconds:.2f}s: {found}", "success")
    async for line in settled(work):
        yield line
    yield Line(f"Query expanded: {expand(work.intent, work.known_facts)}")
    for note in work.intent.notes:
        yield Line(note)


async def settled(work: Work) -> AsyncIterator[Said]:
    """Until one meaning is left. Each answer is an override, so this ends."""
    while isinstance(work.meaning, Question):
        question = work.meaning
        if question.settle and (one := await readings_agree(work, question)):
            work.meaning = one
            yield Line("All readings of the question give the same answer")
            break
        yield Line("Query not specific enough", "warning")
        yield Line("Waiting for user confirmation")
        yield Ask(question)
        async for line in understood(work):
            yield line
    if isinstance(work.meaning, Refusal):
        raise OutOfScope(work.meaning)


async def readings_agree(work: Work, question: Question) -> Intent | None:
    readings: dict[str, Intent] = {}
    for value, _ in question.choices:
        overrides = {**work.overrides, question.slot: value}
        meaning = await work.provider.understand(
            work.analysis.question, work.known_facts, work.previous, overrides
        )
        if not isinstance(meaning, Intent):
            return None
        readings[value] = meaning
    try:
        return await asyncio.to_thread(
            agreed, readings, question.default, work.market, work.known_facts
        )
    except UnplannableIntent:
        return None  # one of them cannot be computed; the person may mean another


async def make_plan(work: Work) -> AsyncIterator[Said]:
    """3. Say how it was understood and what was assumed, and choose the script."""
    try:
        work.plan = plan(work.intent, work.known_facts)
    except UnplannableIntent as error:
        raise OutOfScope(unplannable(str(error))) from error
    window = work.intent.window
    since = window.start or work.known_facts.first_date
    yield Line(f"Window: {window.label} ({since} to {window.end})")
    for assumption in work.intent.assumptions:
        yield Line(f"Assumed: {lowered(assumption.label)}")
    yield Line(f"Plan ready: {work.plan.script.replace('_', ' ')}", "success")


async def execute(work: Work) -> AsyncIterator[Said]:
    """4. Run the script, cancellable, with the share done."""
    assert work.plan is not None
    execution = Execution(work.plan, work.market)
    work.on_cancel(execution.cancel)
    running = asyncio.ensure_future(asyncio.to_thread(execution.run))
    try:
        while not (await asyncio.wait({running}, timeout=SHARE_EVERY))[0]:
            share = execution.share()
            if share is not None:
                yield Share(share)
        work.result = running.result()
    except asyncio.CancelledError:
        await asyncio.to_thread(execution.cancel)
        raise
    yield Line(f"{counted(len(work.result.rows), 'row')} computed", "success")
    if work.result.left_out:
        left_out = ", ".join(work.result.left_out)
        yield Line(f"Left out for missing prices in the window: {left_out}", "warning")


async def present(work: Work) -> AsyncIterator[Said]:
    """5. Say it in a sentence, a table, a chart and the SQL; keep it for the next who asks."""
    if work.outcome is None:
        async for said in worded(work):
            yield said
        with contextlib.suppress(asyncio.CancelledError):
            async for said in kept(work):
                yield said
    work.analysis.intent = work.intent.to_json()
    work.analysis.outcome = work.outcome
    await in_thread(history.log_answer, work.analysis)
    yield Line("Analysis request completed successfully", "success")
    yield Line("Analysis results ready for display", "success")


async def worded(work: Work) -> AsyncIterator[Said]:
    assert work.result is not None
    # Only "why is it first?" looks back at the table before.
    is_why = work.intent.shape == "explain"
    before = await in_thread(history.previous_result, work.analysis) if is_why else None
    answer = write(work.intent, work.result, work.known_facts, before)
    pieces: list[str] = []
    try:
        narration = work.provider.narrate(work.analysis.question, work.intent, work.result, answer)
        async for piece in narration:
            pieces.append(piece)
            yield Line(piece)
    except ProviderFailed as error:
        yield Line(f"{error}; the answer stands as the engine wrote it", "warning")
        pieces = []
    if pieces:
        answer = dataclasses.replace(answer, note=joined(answer.note, pieces))
    follow_ups = suggest(work.intent, work.known_facts)
    work.outcome = outcome(answer, work.result, chart(work.intent, work.result), follow_ups)


def joined(note: str | None, pieces: list[str]) -> str:
    return " ".join(part for part in ("".join(pieces).strip(), note) if part)


async def kept(work: Work) -> AsyncIterator[Said]:
    assert work.outcome is not None
    try:
        await in_thread(cache.put, cache.key(work.intent, work.known_facts.version), work.outcome)
    except DatabaseError as error:
        logger.warning("the cache cannot be written: %s", error)
        yield Line("The result could not be cached", "warning")


STEPS: Mapping[str, Step] = {
    "Session & caching": remember,
    "Context search": search_context,
    "Planning": make_plan,
    "Execution": execute,
    "Results": present,
}
# What a cached answer leaves out.
SKIPPED_BY_CACHE = ("Context search", "Planning", "Execution")
