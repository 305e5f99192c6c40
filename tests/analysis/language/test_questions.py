"""The question set, and what every outcome must be good for."""

import pytest

from analysis.intent import Intent, Question, Refusal
from analysis.lexicon.loader import read
from analysis.questions.judging import OWN_PARTS, judge_all, questions
from analysis.understanding.question import understand

FLOOR = {"tuned on": 0.99, "held out": 0.94, "exam": 0.98, "strangers": 0.98}


@pytest.fixture(scope="module")
def judged(facts):
    return judge_all(facts)


def outcomes(facts):
    return [understand(expected["q"], facts) for expected in questions()]


def test_the_set_is_broad_and_a_quarter_of_it_is_held_out():
    parts = [expected["part"] for expected in questions() if expected["part"] not in OWN_PARTS]
    assert len(parts) >= 300
    assert 0.2 < parts.count("held out") / len(parts) < 0.3


def test_no_question_is_answered_silently_with_another_meaning(judged):
    wrong = [(j.text, j.differences) for j in judged if j.verdict == "wrong"]
    assert wrong == []


@pytest.mark.parametrize("part", sorted(FLOOR))
def test_accuracy_does_not_fall(judged, part):
    found = [j for j in judged if j.part == part]
    right = sum(j.verdict == "right" for j in found)
    assert right / len(found) >= FLOOR[part]


def test_every_refusal_offers_questions_that_are_understood(facts):
    for outcome in outcomes(facts):
        if isinstance(outcome, Refusal):
            for text in filter(None, (outcome.nearest, *outcome.examples)):
                assert isinstance(understand(text, facts), Intent), (outcome.code, text)


@pytest.mark.parametrize("code", sorted(read("refusals")["families"]))
def test_the_nearest_question_of_every_family_is_understood(facts, code):
    nearest = read("refusals")["families"][code]["nearest"].format(
        company="AAPL", first=facts.first_date, last=facts.last_date
    )
    assert isinstance(understand(nearest, facts), Intent)


def test_every_choice_of_a_question_leads_to_an_answer(facts):
    for expected in questions():
        outcome = understand(expected["q"], facts)
        if isinstance(outcome, Question):
            values = [value for value, _ in outcome.choices]
            assert 2 <= len(values) <= 4 and outcome.default in values
            for value in values:
                again = understand(expected["q"], facts, overrides={outcome.slot: value})
                assert isinstance(again, Intent), (expected["q"], value, again)


def test_every_choice_of_every_chip_parses(facts):
    for expected in questions():
        outcome = understand(expected["q"], facts)
        for chip in outcome.assumptions if isinstance(outcome, Intent) else ():
            assert chip.choices
            for value in (chip.value, *(value for value, _ in chip.choices)):
                again = understand(expected["q"], facts, overrides={chip.slot: value})
                assert isinstance(again, Intent), (expected["q"], chip.slot, value, again)


def test_a_chip_with_its_own_value_changes_nothing(facts):
    for expected in questions():
        outcome = understand(expected["q"], facts)
        for chip in outcome.assumptions if isinstance(outcome, Intent) else ():
            again = understand(expected["q"], facts, overrides={chip.slot: chip.value})
            assert again.key() == outcome.key(), (expected["q"], chip.slot)


def test_intents_survive_json(facts):
    for outcome in outcomes(facts):
        if isinstance(outcome, Intent):
            assert Intent.from_json(outcome.to_json()) == outcome
