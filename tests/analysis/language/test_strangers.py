"""Ways of talking that strangers showed."""

import pytest

from analysis.intent import Condition, Intent
from analysis.understanding.question import understand

from .asking import read, refused


def test_single_adds_nothing_to_a_superlative(facts):
    found = read(facts, "what was the single worst day the S&P ever had?")
    assert (found.shape, found.order) == ("extremes", "asc")


def test_a_stock_that_beat_the_market_by_the_most_is_ranked_by_that(facts):
    found = read(facts, "which stock beat the S&P by the most in 2020")
    assert (found.shape, found.metrics[0], found.order) == ("rank", "excess_return", "desc")
    assert found.conditions == (Condition("excess_return", ">", 0.0),)
    lagging = read(facts, "which stock lagged the market the most in 2020")
    assert (lagging.order, lagging.conditions[0].op) == ("asc", "<")


def test_who_beat_the_market_are_stocks(facts):
    assert read(facts, "who beat the s&p over 10 years").shape == "screen"


def test_winners_and_losers_are_the_whole_ranking(facts):
    found = read(facts, "biggest winners and losers of 2022")
    assert (found.shape, found.order, found.limit) == ("rank", "desc", len(facts.stocks()))


@pytest.mark.parametrize("text", ["top and bottom 3 by sharpe", "best and worst day of KO"])
def test_two_ends_of_an_order_are_not_taken_for_one(facts, text):
    refused(facts, text)


def test_a_measure_of_risk_that_is_named_stands_alone(facts):
    assert read(facts, "how risky is Pfizer in terms of volatility").metrics == ("volatility",)
    assert len(read(facts, "how risky is Pfizer").metrics) == 3


def test_a_group_before_names_describes_them(facts):
    text = "compare the three big drug makers Pfizer, Merck and Lilly on return and risk"
    found = read(facts, text)
    assert (found.shape, found.tickers) == ("compare", ("PFE", "MRK", "LLY"))
    assert len(read(facts, "compare Pfizer and the drug makers on volatility").tickers) == 4


def test_a_statement_of_sql_is_no_question(facts):
    assert refused(facts, "select * from prices").code == "sql"


def test_longer_with_a_length_changes_the_window(facts):
    found = read(facts, "sharpe of MSFT", "ok, longer: twenty years")
    assert (found.shape, found.window.label) == ("value", "last 20 years")


def test_never_fell_is_about_the_path(facts):
    found = read(facts, "any stock that never fell more than 30% since 2010?")
    assert found.conditions == (Condition("max_drawdown", ">=", -0.3),)
    assert read(facts, "stocks that never fell more than 30%").window.rule == "all"


@pytest.mark.parametrize("text", ["what about the volatility of KO?", "ok and volatility of KO"])
def test_a_question_may_open_like_a_continuation(facts, text):
    assert read(facts, text).metrics == ("volatility",)


def test_what_that_means_explains_the_figures_just_shown(facts):
    found = read(facts, "sortino of AAPL", "what does that mean?")
    assert (found.shape, found.metrics) == ("explain", ("sortino",))


def test_the_order_can_be_turned_around(facts):
    assert read(facts, "top 5 by cagr", "flip the order").order == "asc"
    assert read(facts, "bottom 5 by sharpe", "the other way round").order == "desc"


def test_growth_is_drawn_only_where_a_chart_is_asked_for(facts):
    assert read(facts, "chart AAPL vs MSFT growth since 2010").metrics == ("growth",)
    refused(facts, "AAPL growth stocks")


def test_the_chip_of_risk_and_return_changes_nothing(facts):
    text = "risk and return of all stocks"
    [chip] = [chip for chip in read(facts, text).assumptions if chip.slot == "metric"]
    again = understand(text, facts, overrides={"metric": chip.value})
    assert isinstance(again, Intent) and again.metrics == ("total_return", "volatility")
