"""Edited chips and answered questions come back as overrides, in the same language."""

import pytest

from analysis.intent import Intent, Question, Refusal
from analysis.understanding.question import understand

RANKING = "What stocks have highest volatility?"


@pytest.mark.parametrize(
    ("slot", "phrase", "field", "expected"),
    [
        ("metric", "max drawdown", "metrics", ("max_drawdown",)),
        ("limit", "top 3", "limit", 3),
        ("order", "lowest first", "order", "asc"),
        ("universe", "only tech", "sector", "Information Technology"),
        ("universe", "pharma", "industry", "Pharmaceuticals"),
    ],
)
def test_an_override_changes_its_slot(facts, slot, phrase, field, expected):
    intent = understand(RANKING, facts, overrides={slot: phrase})
    assert getattr(intent, field) == expected


def test_a_window_in_free_text_replaces_the_window(facts):
    intent = understand(RANKING + " in 2008", facts, overrides={"window": "since March 2020"})
    assert isinstance(intent, Intent)
    assert intent.window.start is not None
    assert intent.window.start.isoformat() == "2020-02-29"


def test_the_answer_to_a_question_settles_it(facts):
    asked = understand("what if I had invested $100 in Apple in 2010", facts)
    assert isinstance(asked, Question)
    intent = understand(
        "what if I had invested $100 in Apple in 2010", facts, overrides={asked.slot: "every month"}
    )
    assert isinstance(intent, Intent) and intent.param("mode") == "monthly"


@pytest.mark.parametrize(
    "overrides",
    [{"window": "yesteryear"}, {"colour": "red"}, {"metric": "happiness"}, {"limit": "many"}],
)
def test_what_cannot_be_taken_is_refused_by_name(facts, overrides):
    outcome = understand(RANKING, facts, overrides=overrides)
    assert isinstance(outcome, Refusal) and outcome.code == "bad_override"
    assert any(text in outcome.reason for pair in overrides.items() for text in pair)
