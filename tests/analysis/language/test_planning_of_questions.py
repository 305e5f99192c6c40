"""What is understood can be computed: every intent of the question set has a plan."""

from analysis.intent import Intent
from analysis.planner import plan
from analysis.questions.judging import questions
from analysis.understanding.question import understand


def test_every_understood_question_has_a_plan(facts):
    for expected in questions():
        outcome = understand(expected["q"], facts)
        if isinstance(outcome, Intent) and outcome.shape != "explain":
            assert plan(outcome, facts), expected["q"]
