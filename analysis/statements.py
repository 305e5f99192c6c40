"""Context searches and SQL statements as runs: one step each, with progress like any other."""

from __future__ import annotations

import asyncio
from typing import Any

from analysis import context, history, sandbox
from analysis.intent import Column
from analysis.market import Market
from analysis.models import Analysis
from analysis.outcome import plain
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
    rows = [[hit.kind, hit.key, hit.label, hit.detail, hit.score] for hit in hits]
    return {
        "answer": f"{len(hits)} matches for “{analysis.question}”",
        "table": {"columns": columns(HIT_COLUMNS), "rows": rows},
        "data_through": facts.last_date.isoformat(),
    }


def columns(described: tuple[Column, ...]) -> list[dict[str, str]]:
    return [{"name": c.name, "type": c.type, "format": c.format} for c in described]


async def execute(run: ActiveRun, analysis: Analysis, market: Market) -> dict[str, Any]:
    """The statement in a process of its own, killed on cancel."""
    facts = await asyncio.to_thread(market.facts)
    run.info("Running the statement read-only in a sandbox")
    statement = sandbox.SqlRun(market.file(), analysis.question, on_progress=run.progress)
    run.on_cancel(statement.cancel)
    rows = await asyncio.to_thread(statement.run)
    if rows.truncated:
        run.warning(f"Only the first {len(rows.rows)} rows are shown")
    run.success(f"{len(rows.rows)} rows")
    table = {
        "columns": columns(rows.columns),
        "rows": [[plain(value) for value in row] for row in rows.rows],
        "truncated": rows.truncated,
    }
    return {
        "answer": f"{len(rows.rows)} rows" + (" (cut off)" if rows.truncated else ""),
        "table": table,
        "sql": analysis.question,
        "data_through": facts.last_date.isoformat(),
    }
