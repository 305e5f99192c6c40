import pytest

from analysis.intent import Intent
from analysis.planner import plan
from analysis.understanding.question import understand
from analysis.writing.follow_ups import suggest

from .cases import CASES, EMPTY

ALL = CASES | EMPTY


@pytest.mark.parametrize("name", ALL)
def test_there_are_three_different_questions(name, facts):
    questions = suggest(ALL[name], facts)
    assert len(set(questions)) == 3


@pytest.mark.parametrize("name", ALL)
def test_each_question_is_understood_and_can_be_computed(name, facts):
    for question in suggest(ALL[name], facts):
        understood = understand(question, facts)
        assert isinstance(understood, Intent), (question, understood)
        assert plan(understood, facts).columns


@pytest.mark.parametrize("name", ALL)
def test_no_question_repeats_the_one_just_answered(name, facts):
    for question in suggest(ALL[name], facts):
        understood = understand(question, facts)
        assert isinstance(understood, Intent)
        assert understood.key() != ALL[name].key(), question


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("rank", {"rank"}),
        ("value", {"rank", "compare", "value"}),
        ("compare", {"pairs", "trend", "compare"}),
        ("aggregate_sectors", {"rank", "aggregate"}),
    ],
)
def test_questions_lead_where_they_say(name, shapes, facts):
    understood = [understand(question, facts) for question in suggest(CASES[name], facts)]
    found = {intent.shape for intent in understood if isinstance(intent, Intent)}
    assert found == shapes
