"""Chains of questions: what is kept, what changes, and when nothing is inherited."""

import pytest

from analysis.intent import Intent, Refusal
from analysis.understanding.question import understand


def chain(facts, *texts):
    previous = None
    for text in texts:
        outcome = understand(text, facts, previous=previous)
        previous = outcome if isinstance(outcome, Intent) else previous
    return outcome


def test_a_chain_keeps_what_was_not_changed(facts):
    intent = chain(
        facts,
        "What stocks have highest volatility?",
        "only pharma",
        "over the last 10 years",
        "top 3",
    )
    assert (intent.shape, intent.metrics, intent.industry) == (
        "rank",
        ("volatility",),
        "Pharmaceuticals",
    )
    assert (intent.window.label, intent.limit) == ("last 10 years", 3)


def test_the_note_says_what_changed_and_what_was_kept(facts):
    intent = chain(facts, "Apple volatility", "and Microsoft?")
    assert intent.notes == (
        "Follow-up: changed the subject (MSFT); kept the figures (volatility), "
        "the window (last 5 years).",
    )


def test_a_pronoun_takes_the_subject(facts):
    intent = chain(facts, "volatility of Apple with log returns", "its worst day")
    assert (intent.shape, intent.tickers) == ("extremes", ("AAPL",))
    assert intent.param("returns") is None


@pytest.mark.parametrize(
    "text",
    [
        "best day of the market",
        "What is the beta of Merck?",
        "list the sectors",
        "Compare Apple and Microsoft since 2010",
    ],
)
def test_a_change_of_topic_inherits_nothing(facts, text):
    after = chain(facts, "top 5 tech stocks by volatility in 2020", text)
    assert after == understand(text, facts)


def test_a_greeting_is_no_follow_up(facts):
    assert isinstance(chain(facts, "What stocks have highest volatility?", "thanks"), Refusal)


def test_why_is_it_first_is_answered_but_why_it_fell_is_not(facts):
    ranking = "What stocks have highest volatility?"
    assert chain(facts, ranking, "why is it first?").param("topic") == "ranking"
    assert isinstance(chain(facts, ranking, "why did GE fall in 2018?"), Refusal)


def test_thresholds_amounts_and_periods_can_change(facts):
    count = chain(facts, "how many days did KO fall more than 2%", "more than 3%")
    assert [(c.op, c.value) for c in count.conditions] == [("<", -0.03)]
    saving = chain(facts, "what if I bought $1000 of AAPL in 2010", "monthly instead", "$500")
    assert (saving.param("mode"), saving.param("amount")) == ("monthly", 500)
    assert chain(facts, "Apple returns by year", "and monthly").param("period") == "month"
