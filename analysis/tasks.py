"""The runner: takes an analysis through its steps, says what they say, and stores how it ended."""

from __future__ import annotations

import asyncio
import functools
import uuid

from django.conf import settings

from analysis import history, pipeline, statements
from analysis.market import Market
from analysis.models import Analysis
from analysis.providers.registry import provider
from analysis.work import Ask, Line, OutOfScope, Said, Share, Work
from progress.service import ActiveRun, in_thread, task, work


@functools.cache
def market() -> Market:
    """The market data of this site; open once a process."""
    return Market(settings.MARKET_DIR)


@task()
async def run_analysis(run_id: str) -> None:
    """Do one analysis. Enqueue it as often as you like: the run is worked on once."""
    await work(run_id, analyse)


async def analyse(run: ActiveRun) -> None:
    """Questions go through the steps; searches and statements have one step of their own."""
    analysis = await in_thread(load, run.id)
    if analysis.kind != Analysis.Kind.QUESTION:
        return await statements.perform(run, analysis, market())
    try:
        await through_steps(run, analysis)
    except OutOfScope as refused:
        await in_thread(history.log_refusal, analysis, refused.refusal)
        raise
    except Exception as error:
        run.error(f"Analysis failed: {told(error)}")
        raise


def load(run_id: uuid.UUID) -> Analysis:
    return Analysis.objects.select_related("run").get(run_id=run_id)


def told(error: Exception) -> str:
    """Only errors with a code were written for users."""
    return str(error) if hasattr(error, "code") else "something went wrong on the server"


async def through_steps(run: ActiveRun, analysis: Analysis) -> None:
    current = Work(
        analysis=analysis,
        market=market(),
        provider=provider(analysis.provider),
        overrides={**analysis.overrides, **run.answers},
        on_cancel=run.on_cancel,
        is_new_session=await in_thread(history.is_first, analysis),
        resumed=bool(run.answers),
    )
    for number, (name, step) in enumerate(pipeline.STEPS.items(), 1):
        if current.outcome is not None and name in pipeline.SKIPPED_BY_CACHE:
            continue
        async with run.step(number, name):
            async for said in step(current):
                await say(run, current, said)
            # Stretched, so that a demonstration or a test can watch it.
            await asyncio.sleep(settings.ANALYSIS_PACE_MS / 1000)
    run.result({"analysis": str(run.id)})


async def say(run: ActiveRun, current: Work, said: Said) -> None:
    match said:
        case Line(message, level):
            await run.alog(message, level=level)
        case Share(value):
            await run.aprogress(value)
        case Ask(question):
            current.overrides[question.slot] = await run.ask(
                question.slot, question.text, question.choices, default=question.default
            )
