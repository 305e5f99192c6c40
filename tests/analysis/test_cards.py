"""What a bubble says of an analysis, from plain data: steps, times, problems."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string

from analysis import cards

BASE = {
    "id": "a",
    "run": "a",
    "session": "s",
    "kind": "question",
    "question": "Volatility of AMD",
    "status": "running",
    "step": 2,
    "total_steps": 5,
    "request_id": "r-1",
    "created_at": "2026-11-22T12:00:00.000000Z",
    "elapsed_ms": 420.0,
    "error": None,
    "ask": None,
}


def event(seq: int, second: float, kind: str = "log", **more: Any) -> dict[str, Any]:
    at = f"2026-11-22T12:00:{second:09.6f}Z"
    return {"seq": seq, "kind": kind, "level": "info", "message": "…", "step": 1, "data": None,
            "elapsed_ms": None, "created_at": at} | more  # fmt: skip


STARTED = event(1, 0, "step", data={"state": "started"})
FINISHED = event(2, 0.3, "step", level="success", elapsed_ms=300, data={"state": "finished"})
SECOND = event(3, 0.3, "step", step=2, data={"state": "started"})


def states(card: dict[str, Any]) -> list[str]:
    return [step["state"] for step in card["steps"]]


def test_a_new_bubble_has_every_step_of_the_pipeline_pending() -> None:
    assert states(cards.blank()) == ["pending"] * 5


def test_steps_stand_where_the_log_left_them() -> None:
    card = cards.card(BASE, [STARTED, FINISHED, SECOND])
    assert states(card) == ["done", "running", "pending", "pending", "pending"]
    assert card["steps"][0]["time"] == "0.30 s"
    assert card["seq"] == 3


def test_the_step_that_runs_is_open_from_the_first_paint_on() -> None:
    card = cards.card(BASE, [STARTED, FINISHED, SECOND])
    steps = render_to_string("analysis/bubble.html", {"card": card}).split('class="step"')[1:]
    assert ["<details open>" in step for step in steps] == [False, True, False, False, False]


def test_a_warning_keeps_its_step_open_and_marked() -> None:
    warning = event(2, 0.1, level="warning", message="no cache")
    card = cards.card(BASE | {"status": "succeeded", "warnings": 1}, [STARTED, warning, FINISHED])
    assert card["steps"][0]["state"] == "warning"
    assert card["steps"][0]["open"] and card["open"]
    assert card["headline"] == "Done with 1 warning"


@pytest.mark.parametrize("status", ["failed", "cancelled", "interrupted"])
def test_an_ended_run_has_no_step_that_still_turns(status: str) -> None:
    card = cards.card(BASE | {"status": status}, [STARTED, FINISHED, SECOND])
    assert states(card) == ["done", status, "pending", "pending", "pending"]
    assert card["error"]["tone"] in ("error", "cancelled", "interrupted")
    assert "request r-1" in card["error"]["where"]


def test_a_step_that_was_broken_off_took_until_the_end_of_its_run() -> None:
    ended = BASE | {"status": "failed", "finished_at": "2026-11-22T12:00:01.000000Z"}
    step = cards.card(ended, [STARTED, FINISHED, SECOND])["steps"][1]
    assert (step["time"], step["bar"]) == ("0.70 s", (30, 70))
    parked = ended | {"status": "cancelled", "waited_ms": 600.0}
    assert cards.card(parked, [STARTED, FINISHED, SECOND])["steps"][1]["time"] == ""


def test_a_cached_answer_shows_which_steps_it_did_not_need() -> None:
    card = cards.card(BASE | {"status": "succeeded"}, [STARTED, FINISHED])
    assert states(card) == ["done"] + ["skipped"] * 4


def test_the_waterfall_shows_offset_and_share_of_each_step() -> None:
    second = event(4, 1.0, "step", step=2, level="success", elapsed_ms=700,
                   data={"state": "finished"})  # fmt: skip
    card = cards.card(BASE, [STARTED, FINISHED, SECOND, second])
    assert [step["bar"] for step in card["steps"][:3]] == [(0, 30), (30, 70), (0, 0)]


def test_the_waterfall_shows_where_the_end_of_a_step_was_predicted() -> None:
    told = {"state": "started", "predicted_ms": [500, 900]}
    second = event(3, 0.3, "step", step=2, data=told)
    done = event(4, 1.0, "step", step=2, level="success", elapsed_ms=700,
                 data={"state": "finished"})  # fmt: skip
    first, drawn, *_ = cards.card(BASE, [STARTED, FINISHED, second, done])["steps"]
    assert drawn["band"] == (80, 20) and drawn["usual"] == "0.50 s to 0.90 s"
    assert first["band"] is None
    running = cards.card(BASE, [STARTED, FINISHED, second])["steps"][1]
    assert running["band"] is None, "until it ends the picture still changes its scale"


def test_dates_and_figures_of_an_answer_are_not_broken_across_lines() -> None:
    text = "RRC had 70.4 % from 2017-12-28 on; $1 became $1,234.50."
    answer = cards.card(BASE | {"status": "succeeded", "answer": text}, [])["answer"]
    assert answer[1::2] == ["70.4 %", "2017-12-28", "$1", "$1,234.50"]
    assert "".join(answer) == text


def test_a_settled_question_keeps_its_card_with_the_label_of_its_answer() -> None:
    asked = {"id": "q", "question": "Best?", "choices": [{"value": "cagr", "label": "Growth"}]}
    settled = {"id": "q", "state": "answered", "answer": "cagr"}
    card = cards.card(BASE, [event(1, 0, "ask", data=asked), event(2, 1, "ask", data=settled)])
    assert [(ask["state"], ask["answer_label"]) for ask in card["settled"]] == [
        ("answered", "Growth")
    ]
