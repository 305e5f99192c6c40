"""The Claude provider with the real SDK against a local server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from analysis import service
from analysis.models import Analysis
from analysis.providers import claude
from progress.service import Run
from tests.analysis.conftest import messages
from tests.analysis.providers import stub

Ask = Callable[..., Analysis]
QUESTION = "Name the bumpiest rides of the whole bunch"
PLAN = {"shape": "rank", "metrics": ["volatility"], "window": "2020", "limit": 3}
TESLA = {"metric": "beta", "op": ">", "against": "TSLA"}
REMARK = (
    "RRC moved most, by 130.1 % a year. It will surely gain 99 % next. Energy is prone to that."
)


@pytest.fixture
def use(settings) -> Iterator[Callable[[stub.StubServer], None]]:
    def point_at(server: stub.StubServer) -> None:
        settings.ANALYSIS_PROVIDER = "claude"
        settings.ANTHROPIC_API_KEY = "key-for-the-stub"
        settings.ANTHROPIC_BASE_URL = f"http://127.0.0.1:{server.server_port}"

    yield point_at


def test_a_plan_of_claude_is_run_by_the_engine(ask: Ask, use) -> None:
    with stub.serving(stub.planning(PLAN), stub.saying("Calm years differ.")) as server:
        use(server)
        analysis = ask(QUESTION)
    shown = service.represent(analysis)
    assert shown["status"] == "succeeded"
    assert shown["table"]["rows"][0][1] == "RRC"
    assert shown["interpretation"]["window"]["start"] == "2019-12-31"
    assert "Calm years differ." in shown["note"]
    assert server.requests[0]["model"] == "claude-sonnet-5-5"


def test_a_plan_of_claude_sets_stretches_side_by_side(ask: Ask, use) -> None:
    plan = {"shape": "periods", "metrics": ["volatility"], "tickers": ["KO"],
            "windows": ["2008", "the covid crash"]}  # fmt: skip
    with stub.serving(stub.planning(plan), stub.saying("Calm years differ.")) as server:
        use(server)
        shown = service.represent(ask("How bumpy was Coke back then and with the virus?"))
    assert [row[:2] for row in shown["table"]["rows"]] == [
        ["2008", "KO"],
        ["the covid crash", "KO"],
    ]
    assert shown["interpretation"]["window"]["start"] == "2007-12-31"


def test_a_plan_of_claude_takes_a_stock_for_the_yardstick(ask: Ask, use) -> None:
    bound = {"metric": "volatility", "op": ">", "against": "AMD"}
    plan = {"shape": "screen", "metrics": ["volatility"], "conditions": [bound]}
    with stub.serving(stub.planning(plan), stub.saying("Calm years differ.")) as server:
        use(server)
        shown = service.represent(ask("Anything bumpier than that chip maker?"))
    assert [row[0] for row in shown["table"]["rows"]] == ["RRC"]


def test_a_figure_that_was_not_computed_never_reaches_the_reader(ask: Ask, use) -> None:
    with stub.serving(stub.planning(PLAN), stub.saying(REMARK)) as server:
        use(server)
        shown = service.represent(ask(QUESTION))
    assert "99" not in shown["note"] and "Energy is prone to that." in shown["note"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (stub.saying("", "refusal"), "Claude"),
        (stub.saying('{"shape": "rank", "metr', "max_tokens"), "incomplete"),
        (stub.failing(401), "refuses the key in ANTHROPIC_API_KEY"),
        (stub.failing(429, retry_after="0"), "rate limit"),
        (stub.failing(500, retry_after_ms="1"), "500"),
        (stub.planning({"shape": "rank", "metrics": ["moonshine"]}), "unknown metric"),
        (stub.planning({"shape": "value", "metrics": ["beta"], "tickers": ["TSLA"]}), "TSLA"),
        (stub.planning(PLAN | {"conditions": [TESLA]}), "TSLA"),
        (stub.planning(PLAN | {"windows": ["2019", "2020"]}), "side by side"),
        (stub.planning(PLAN | {"shape": "periods", "windows": ["2019", "soon"]}), "window (soon)"),
    ],
)
def test_where_claude_fails_the_embedded_engine_answers_and_the_log_says_so(
    ask: Ask, use, reply, reason: str
) -> None:
    with stub.serving(reply) as server:
        use(server)
        analysis = ask("What stocks have highest volatility?")
    assert analysis.run.state == Run.State.SUCCEEDED
    warning = next(line for line in messages(analysis) if "embedded engine" in line)
    assert reason in warning and "key-for-the-stub" not in warning
    assert analysis.run.warnings >= 1


def test_a_silent_claude_is_given_up_after_its_time(ask: Ask, use, monkeypatch) -> None:
    monkeypatch.setattr(claude, "TIMEOUT", 0.2)
    with stub.serving(stub.hanging) as server:
        use(server)
        analysis = ask("What stocks have highest volatility?")
    assert any("did not answer in time" in line for line in messages(analysis))
    assert analysis.run.state == Run.State.SUCCEEDED


def test_a_remark_that_breaks_off_leaves_the_engines_answer(ask: Ask, use) -> None:
    with stub.serving(stub.planning(PLAN), stub.breaking_off("RRC moved")) as server:
        use(server)
        analysis = ask(QUESTION)
    assert analysis.run.state == Run.State.SUCCEEDED
    assert any("the answer stands as the engine wrote it" in line for line in messages(analysis))


def test_a_refusal_of_claude_is_told_with_its_way_on(ask: Ask, use) -> None:
    refusal = {"shape": "explain", "unsupported_reason": "Prices do not tell the weather.",
               "nearest": "What stocks have highest volatility?"}  # fmt: skip
    with stub.serving(stub.planning(refusal)) as server:
        use(server)
        shown = service.represent(ask("How is the weather?"))
    assert shown["status"] == "unsupported"
    assert shown["unsupported"]["nearest"] == "What stocks have highest volatility?"
