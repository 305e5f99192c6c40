"""Context searches and SQL statements as runs: one step each, with progress like any other."""

from __future__ import annotations

import asyncio
from typing import Any

from analysis import context, history
from analysis.formats import counted
from analysis.market import Market
from analysis.models import Analysis
from analysis.outcome import columns
from analysis.result import Column
from analysis.sandbox import SqlResult, SqlRun
from progress.service import ActiveRun, in_thread

HIT_COLUMNS = (
    Column("kind", "string", "text"),
    Column("key", "string", "text"),
    Column("label", "string", "text"),
    Column("detail", "string", "text"),
    Column("score", "number", "ratio"),
)
HITS = 20


async def perform(run: ActiveRun, analysis: Analysis, market: Market) -> None:
    """Run a context search or a statement of SQL, and store what came of it."""
    if analysis.kind == Analysis.Kind.SEARCH:
        async with run.step(1, "Context search"):
            analysis.outcome = await search(run, analysis, market)
    else:
        async with run.step(1, "SQL"):
            analysis.outcome = await execute(run, analysis, market)
    await in_thread(save, analysis)
    run.result({"analysis": str(run.id)})


def save(analysis: Analysis) -> None:
    analysis.save(update_fields=["outcome"])


async def search(run: ActiveRun, analysis: Analysis, market: Market) -> dict[str, Any]:
    run.info("Searching for contextual information")
    facts = await asyncio.to_thread(market.facts)
    past = await in_thread(history.own_questions, analysis)
    hits = context.search(analysis.question, facts, past, HITS)
    run.success(f"{len(hits)} found")
    matches = "1 match" if len(hits) == 1 else f"{len(hits)} matches"
    rows = [[hit.kind, hit.key, hit.label, hit.detail, hit.score] for hit in hits]
    return {
        "answer": f"{matches} for “{analysis.question}”",
        "table": {"columns": columns(HIT_COLUMNS), "rows": rows},
        "data_through": facts.last_date.isoformat(),
    }


async def execute(run: ActiveRun, analysis: Analysis, market: Market) -> dict[str, Any]:
    """The statement in a process of its own, killed on cancel."""
    facts = await asyncio.to_thread(market.facts)
    run.info("Running the statement read-only in a sandbox")
    statement = SqlRun(market.file(), analysis.question, on_progress=run.progress)
    run.on_cancel(statement.cancel)
    result = await asyncio.to_thread(statement.run)
    if result.truncated:
        run.warning(cut_off(result))
    run.success(rows_in(result))
    return {
        "answer": rows_in(result) + (" (cut off)" if result.truncated else ""),
        "table": {
            "columns": columns(result.columns),
            "rows": result.rows,
            "truncated": result.truncated,
        },
        "sql": analysis.question,
        "data_through": facts.last_date.isoformat(),
    }


def cut_off(result: SqlResult) -> str:
    if not result.rows:
        return "The first row is too large to be shown; select less of it"
    return f"Only the first {rows_in(result)} can be shown"


def rows_in(result: SqlResult) -> str:
    return counted(len(result.rows), "row")
