"""The five steps, run by the real workers on the real data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.db import connection

from analysis import pipeline, service
from analysis.market import Market
from analysis.market_import import load
from analysis.models import Analysis, CachedAnswer, Message
from analysis.providers.embedded import Embedded
from analysis.work import Ask, Line, Work
from progress.service import Conflict, Run, Viewer, follow, page
from tests.analysis.conftest import messages, rest

pytestmark = pytest.mark.stack

Asking = Callable[..., Analysis]
VOLATILITY = "What stocks have highest volatility?"


def test_a_question_goes_through_five_steps_and_says_what_it_does(ask: Asking) -> None:
    analysis = ask(VOLATILITY)
    said = messages(analysis)
    assert said[:6] == [
        f"Processing question: {VOLATILITY}",
        "Session created",
        "Adding message to chat history",
        "Message logged",
        "Checking cache for similar analyses",
        "Cache miss - proceeding",
    ]
    assert "Searching for contextual information" in said
    assert any(line.startswith("Context search completed in ") for line in said)
    assert any(line.startswith("Query expanded: ") for line in said)
    assert said[-2:] == [
        "Analysis request completed successfully",
        "Analysis results ready for display",
    ]


def test_the_most_volatile_stocks_are_rrc_amd_and_ge(ask: Asking) -> None:
    shown = service.represent(ask(VOLATILITY))
    columns = [column["name"] for column in shown["table"]["columns"]]
    top = [dict(zip(columns, row, strict=True)) for row in shown["table"]["rows"][:3]]
    assert [(row["ticker"], round(row["volatility"], 3)) for row in top] == [
        ("RRC", 0.704),
        ("AMD", 0.569),
        ("GE", 0.436),
    ]
    assert "70.4 %" in shown["answer"] and shown["data_through"] == "2022-12-28"


def test_every_step_is_started_and_finished_in_order(ask: Asking) -> None:
    found = page(ask(VOLATILITY).session_id)
    steps = [
        (event["step"], event["data"]["state"])
        for event in found["events"]
        if event["kind"] == "step"
    ]
    assert steps == [(n, state) for n in range(1, 6) for state in ("started", "finished")]
    assert [event["seq"] for event in found["events"]] == list(range(1, found["head"] + 1))


def test_the_context_search_knows_what_its_owner_asked_before(ask: Asking) -> None:
    first = ask("volatility of the energy stocks in 2020")
    assert not any("volatility of the energy stocks in 2020" in m for m in context_lines(first))
    again = ask("volatility of the energy stocks in 2021", session=first.session_id)
    assert any("volatility of the energy stocks in 2020" in m for m in context_lines(again))


def context_lines(analysis: Analysis) -> list[str]:
    return [line for line in messages(analysis) if line.startswith("Context search completed")]


def test_the_same_meaning_in_other_words_comes_from_the_cache(ask: Asking) -> None:
    first = ask(VOLATILITY)
    again = ask("which stocks are the most volatile?", session=first.session_id)
    assert "Found cached result - returning" in messages(again)
    assert service.represent(again)["cached"] is True
    assert again.outcome["table"] == first.outcome["table"]


def test_another_window_never_comes_from_the_cache(ask: Asking) -> None:
    ask(VOLATILITY)
    other = ask("What stocks had the highest volatility in 2020?")
    assert "Cache miss - proceeding" in messages(other)


def test_recompute_leaves_the_cache_alone_and_renews_it(ask: Asking) -> None:
    ask(VOLATILITY)
    before = CachedAnswer.objects.get().created_at
    again = ask(VOLATILITY, refresh=True)
    assert again.cached_at is None
    assert CachedAnswer.objects.get().created_at > before


def test_a_cache_that_fails_warns_and_the_analysis_goes_on(ask: Asking) -> None:
    with connection.schema_editor() as editor:
        editor.delete_model(CachedAnswer)
    try:
        analysis = ask(VOLATILITY)
    finally:
        with connection.schema_editor() as editor:
            editor.create_model(CachedAnswer)
    assert analysis.run.state == Run.State.SUCCEEDED
    assert analysis.run.warnings == 2
    assert "The cache cannot be read; going on without it" in messages(analysis)


def test_both_sides_of_the_conversation_are_kept(ask: Asking) -> None:
    analysis = ask(VOLATILITY)
    said = Message.objects.filter(session_id=analysis.session_id).values_list("role", "text")
    assert list(said) == [("user", VOLATILITY), ("assistant", analysis.outcome["answer"])]


def test_a_follow_up_inherits_the_question_before_it(ask: Asking) -> None:
    first = ask(VOLATILITY)
    second = ask("and over 10 years?", session=first.session_id)
    understood = service.represent(second)["interpretation"]
    assert understood["metric"] == "volatility"
    assert understood["window"]["start"] == "2012-12-28"


def test_what_prices_cannot_tell_is_refused_with_a_way_on(ask: Asking) -> None:
    analysis = ask("Will Apple go up next week?")
    assert analysis.run.state == Run.State.UNSUPPORTED
    shown = service.represent(analysis)
    assert shown["unsupported"]["reason"] and len(shown["unsupported"]["examples"]) == 3
    assert shown["error"] is None


def test_a_changed_assumption_changes_the_answer(ask: Asking) -> None:
    analysis = ask(VOLATILITY, assumptions={"window": "2020"})
    assert service.represent(analysis)["interpretation"]["window"]["start"] == "2019-12-31"


WHAT_IF = "What if I had invested $100 in Apple since 2010?"


def test_an_ambiguous_question_waits_and_goes_on_with_the_answer(
    viewer: Viewer, ask: Asking
) -> None:
    waiting = ask(WHAT_IF)
    shown = service.represent(waiting)
    assert shown["status"] == "waiting" and len(shown["ask"]["choices"]) >= 2
    assert "Waiting for user confirmation" in messages(waiting)
    choice = shown["ask"]["choices"][0]["value"]
    service.answer(viewer, waiting.id, shown["ask"]["id"], choice=choice)
    done = rest(waiting)
    assert done.run.state == Run.State.SUCCEEDED
    assert messages(done).count(f"Processing question: {WHAT_IF}") == 1
    with pytest.raises(Conflict):
        service.answer(viewer, waiting.id, shown["ask"]["id"], choice=choice)


def test_a_waiting_analysis_can_be_cancelled_and_tried_again(viewer: Viewer, ask: Asking) -> None:
    waiting = ask(WHAT_IF)
    assert service.cancel(viewer, waiting.id).run.state == Run.State.CANCELLED
    assert service.cancel(viewer, waiting.id).run.state == Run.State.CANCELLED
    again = rest(service.retry(viewer, waiting.id))
    assert again.run.state == Run.State.WAITING and again.retry_of_id == waiting.id


def test_a_running_analysis_stops_when_it_is_cancelled(
    viewer: Viewer, market: object, settings
) -> None:
    settings.ANALYSIS_PACE_MS = 30_000
    analysis = service.ask(viewer, VOLATILITY)
    async_to_sync(first_step)(analysis)
    service.cancel(viewer, analysis.id)
    assert rest(analysis).run.state == Run.State.CANCELLED
    assert "Analysis results ready for display" not in messages(analysis)


async def first_step(analysis: Analysis) -> None:
    async with asyncio.timeout(10):
        async for event in follow(analysis.session_id):
            if event["kind"] == "step":
                return


def test_missing_market_data_fails_with_its_reason(
    viewer: Viewer, ask: Asking, settings, tmp_path
) -> None:
    settings.MARKET_DIR = tmp_path
    service.market.cache_clear()
    try:
        analysis = ask(VOLATILITY)
    finally:
        service.market.cache_clear()
    shown = service.represent(analysis)
    assert shown["status"] == "failed" and shown["error"]["code"] == "market_data_missing"
    assert any(line.startswith("Analysis failed: No market data") for line in messages(analysis))


def test_sql_and_searches_report_like_any_run(viewer: Viewer, market: object) -> None:
    counted = rest(service.execute(viewer, "select count(*) as n from prices"))
    assert counted.outcome["table"]["rows"] == [[174573]]
    found = rest(service.search(viewer, "aapl"))
    assert found.outcome["table"]["rows"][0][:2] == ["company", "AAPL"]
    refused = rest(service.execute(viewer, "drop table prices"))
    assert service.represent(refused)["error"]["code"] == "sql_rejected"


async def test_a_reading_that_cannot_be_computed_leaves_the_choice_to_the_person(
    tmp_path: Path,
) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("date,ONE,TWO\n2020-01-01,1,2\n2020-01-02,2,3\n2020-01-03,3,5\n")
    load([prices], tmp_path / "market")
    market = Market(tmp_path / "market")
    asked = Analysis(question="riskiest stock")  # beta needs the index
    work = Work(asked, market, Embedded(), {}, on_cancel=print, facts=market.facts())
    work.meaning = await work.provider.understand(asked.question, work.known_facts, None, {})
    said = pipeline.settled(work)
    assert [type(await anext(said)) for _ in range(3)] == [Line, Line, Ask]
