"""Fragments that amend one thing of the question before."""

import pytest

from analysis.intent import Condition, Intent
from analysis.understanding.question import understand

from .asking import read


def test_a_level_alone_changes_the_confidence_of_a_value_at_risk(facts):
    assert read(facts, "VaR of JPM", "at 99%").param("confidence") == 0.99


def test_annualised_turns_a_total_return_into_a_cagr(facts):
    found = read(facts, "total return of AAPL since 2015", "annualised")
    assert (found.metrics, found.tickers) == (("cagr",), ("AAPL",))


def test_against_a_stock_names_another_benchmark(facts):
    found = read(facts, "beta of AAPL", "against MSFT")
    assert (found.tickers, found.param("benchmark")) == (("AAPL",), "MSFT")


def test_a_bound_alone_replaces_that_of_a_screen(facts):
    found = read(facts, "stocks with beta under 0.7", "how about under 0.6")
    assert found.conditions == (Condition("beta", "<", 0.6),)


def test_a_second_condition_joins_a_screen(facts):
    found = read(facts, "stocks with volatility under 25%", "and sharpe above 0.6")
    assert [c.metric for c in found.conditions] == ["volatility", "sharpe"]


def test_another_move_after_a_count_counts_that(facts):
    found = read(facts, "how many days did AAPL fall more than 5% in 2008", "rose more than 5%")
    assert (found.shape, found.conditions) == ("count", (Condition("day_return", ">", 0.05),))
    assert found.window.label == "2008"


def test_losing_after_a_winning_streak_turns_its_direction(facts):
    found = read(facts, "longest winning streak of AAPL", "losing?")
    assert (found.shape, found.param("direction")) == ("streaks", "down")


def test_a_superlative_after_a_ranking_keeps_its_window(facts):
    found = read(facts, "most volatile stock in the covid crash", "least volatile?")
    assert (found.order, found.window.label) == ("asc", "the covid crash")


def test_one_instead_of_another_replaces_it(facts):
    found = read(facts, "AAPL vs MSFT", "what about AMD instead of MSFT")
    assert found.tickers == ("AAPL", "AMD")


def test_what_was_left_out_can_come_back(facts):
    texts = ("top 5 by sharpe since 2000", "excluding tech", "include tech again")
    assert read(facts, *texts).exclude == ()


@pytest.mark.parametrize("text", ["both in 2020", "both"])
def test_both_needs_two(facts, text):
    outcome = understand(text, facts, previous=read(facts, "sharpe of AAPL"))
    assert not isinstance(outcome, Intent)
