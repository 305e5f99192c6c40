"""Context search and the text of an expanded query."""

import time

import pytest

from analysis.context import search
from analysis.expansion import expand
from analysis.intent import Intent
from analysis.questions.judging import questions
from analysis.understanding.question import understand

PAST = ("What stocks have highest volatility?", "best day of AAPL")


@pytest.mark.parametrize(
    ("query", "kind", "key"),
    [
        ("app", "company", "AAPL"),
        ("microsft", "company", "MSFT"),
        ("vola", "metric", "volatility"),
        ("banks", "industry", "Banks"),
        ("tech", "sector", "Information Technology"),
        ("covid", "episode", "covid"),
        ("highest vol", "question", PAST[0]),
        ("what stocks have", "question", PAST[0]),
        ("sharpe of coke", "company", "KO"),
    ],
)
def test_the_first_hits_hold_what_was_meant(facts, query, kind, key):
    assert (kind, key) in [(hit.kind, hit.key) for hit in search(query, facts, PAST)[:3]]


def test_hits_are_ranked_and_limited(facts):
    hits = search("a", facts, PAST, limit=4)
    assert len(hits) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("query", ["", "   ", "\x00", "🚀", "qqqqzzzz"])
def test_nothing_is_found_for_nothing(facts, query):
    assert search(query, facts) == []


def test_searching_while_typing_does_not_run_away(facts):
    """It takes milliseconds, whatever the text and however long the past."""
    search("warm up", facts)
    start = time.perf_counter()
    for query in ("v", "volat", "volatility of app", "x" * 1000):
        search(query, facts, PAST * 50)
    assert time.perf_counter() - start < 10


def test_an_expanded_query_names_everything(facts):
    text = "What stocks have highest volatility?"
    intent = understand(text, facts)
    assert isinstance(intent, Intent)
    assert expand(intent, facts) == (
        "rank all 20 stocks by volatility, highest first, over the last 5 years "
        "(2017-12-28 to 2022-12-28)"
    )


def test_names_and_abbreviations_keep_their_capitals_in_an_expanded_query(facts):
    intent = understand("Compare Apple and Microsoft since 2010", facts)
    assert isinstance(intent, Intent)
    assert expand(intent, facts) == (
        "compare the total return, CAGR, volatility, max drawdown and Sharpe ratio of Apple, "
        "Microsoft since 2010 (2009-12-31 to 2022-12-28)"
    )


def test_every_understood_question_expands(facts):
    for expected in questions():
        outcome = understand(expected["q"], facts)
        if isinstance(outcome, Intent):
            assert expand(outcome, facts)
