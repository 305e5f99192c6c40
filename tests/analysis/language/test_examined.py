"""Rules that an independent exam asked for."""

import pytest

from analysis.intent import Condition

from .asking import read, refused


@pytest.mark.parametrize("word", ["storage", "shorted", "print", "shipping"])
def test_an_everyday_word_is_no_typo_of_a_term(facts, word):
    assert word in refused(facts, f"{word} volatility of AAPL").reason


@pytest.mark.parametrize("text", ["rank all stocks by sharpe", "show sharpe for every stock"])
def test_all_stocks_are_all_of_them(facts, text):
    assert read(facts, text).limit == len(facts.stocks())


def test_stocks_above_their_average_are_a_screen(facts):
    found = read(facts, "which stocks are above their 200-day moving average")
    assert found.conditions == (Condition("price_to_sma_200", ">", 0.0),)


def test_one_stock_and_its_average_are_shown_side_by_side(facts):
    found = read(facts, "is Apple above its 200-day moving average?")
    assert (found.shape, found.metrics) == ("indicator", ("sma_200",))


@pytest.mark.parametrize(
    "text",
    [
        "volatility of oil",
        "GE Healthcare return",
        "log price of AAPL",
        "AAPL vs average of tech, volatility",
        "average return of KO",
        "what percentage of stocks rose in 2022",
        "max drawdown of my portfolio",
        "how many stocks are in the S&P 500",
    ],
)
def test_what_would_change_the_meaning_is_refused(facts, text):
    refused(facts, text)


def test_days_stand_for_a_rolling_window_wherever_they_are_said(facts):
    found = read(facts, "rolling correlation of KO and PEP over 126 days")
    assert found.param("rolling") == 126


def test_one_day_says_how_fast_and_not_when(facts):
    found = read(facts, "how many times did JPM drop by more than 5% in one day during 2008?")
    assert (found.shape, found.window.label) == ("count", "2008")


def test_money_that_went_in_on_one_day_comes_out_on_another(facts):
    found = read(
        facts, "$1,000 put in MSFT on 2010-01-04, one-off, what was it worth on 2015-12-31"
    )
    window = (str(found.window.start), str(found.window.end))
    assert window == ("2010-01-04", "2015-12-31")


def test_money_split_equally_makes_a_portfolio(facts):
    found = read(facts, "$10,000 split equally across AAPL and KO since 2010, lump sum")
    assert found.param("aggregation") == "portfolio"


def test_a_mean_of_mondays_is_about_mondays(facts):
    assert read(facts, "average return of MSFT on Mondays").param("season") == "Monday"


def test_fridays_of_a_year_are_not_the_year(facts):
    found = read(facts, "return of AAPL on Fridays in 2020")
    assert (found.shape, found.param("season")) == ("seasonality", "Friday")


def test_a_golden_cross_is_explained(facts):
    assert read(facts, "what is a golden cross").param("topic") == "crossing"


def test_a_named_window_has_its_own_answer_to_a_current_drawdown(facts):
    unnamed, named = (
        read(facts, f"current drawdown and volatility of GE{when}").key()
        for when in ("", " over the last 5 years")
    )
    assert unnamed != named


def test_a_default_and_the_same_window_named_share_other_answers(facts):
    unnamed, named = (
        read(facts, f"volatility of GE{when}").key() for when in ("", " over the last 5 years")
    )
    assert unnamed == named


def test_an_industry_stands_beside_a_sector_only_where_it_is_all_of_one(facts):
    assert read(facts, "banks vs energy volatility").param("group_by") == "sector"
    refused(facts, "oil vs pharma volatility")


def test_the_last_of_three_may_be_the_yardstick(facts):
    found = read(facts, "beta of KO and PEP against XOM")
    assert (found.tickers, found.param("benchmark")) == (("KO", "PEP"), "XOM")


def test_a_return_by_quarter_is_each_quarters_own(facts):
    found = read(facts, "total return of XOM by quarter in 2022")
    assert (found.metrics, found.param("period")) == (("total_return",), "quarter")


def test_the_best_of_each_is_not_the_best_of_all(facts):
    refused(facts, "best year for each tech stock")
