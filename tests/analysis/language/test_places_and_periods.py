"""Places in an order, alternatives, yardsticks, medians, and stretches of time side by side."""

import pytest

from analysis.intent import Condition, Intent
from analysis.outcome import interpretation

from .asking import read, refused


@pytest.mark.parametrize(
    ("text", "shape", "order", "position"),
    [
        ("second most volatile stock", "rank", "desc", 2),
        ("the 3rd lowest beta", "rank", "asc", 3),
        ("which stock came second by sharpe", "rank", "desc", 2),
        ("runner-up by CAGR since 2010", "rank", "desc", 2),
        ("who had the fourth worst drawdown in 2008", "rank", "asc", 4),
        ("second worst day of Apple", "extremes", "asc", 2),
        ("second least correlated pair", "pairs", "asc", 2),
        ("which sector had the second highest volatility", "aggregate", "desc", 2),
    ],
)
def test_a_place_in_an_order_is_shown_alone(facts, text, shape, order, position):
    found = read(facts, text)
    assert (found.shape, found.order, found.limit) == (shape, order, 1)
    assert found.param("position") == position


@pytest.mark.parametrize(
    "text",
    [
        "second highest volatility of Apple",
        "second largest drawdown of GE",
        "second and third most volatile stock",
        "second longest losing streak of KO",
    ],
)
def test_a_place_that_a_shape_has_not_is_refused(facts, text):
    refused(facts, text)


@pytest.mark.parametrize("text", ["top 3 per industry by CAGR", "top 3 by CAGR in each industry"])
def test_so_many_of_each_group_are_stocks(facts, text):
    found = read(facts, text)
    assert (found.shape, found.limit, found.param("group_by")) == ("rank", 3, "industry")
    assert read(facts, "top 3 industries by CAGR").shape == "aggregate"


def test_ordinals_of_quarters_halves_and_days_are_dates(facts):
    assert read(facts, "KO return in the second quarter of 2020").window.label == "Q2 2020"
    assert read(facts, "KO price on the first of March 2016").param("date") == "2016-03-01"


def test_the_first_of_each_sector_is_a_ranking_by_sector(facts):
    found = read(facts, "best performing stock in each sector last year")
    assert (found.shape, found.limit, found.param("group_by")) == ("rank", 1, "sector")
    assert read(facts, "top 2 stocks by sharpe in each industry").limit == 2


def test_whether_sectors_or_their_stocks_are_ranked_is_not_guessed(facts):
    refused(facts, "most volatile stocks by sector")


@pytest.mark.parametrize("text", ["median volatility by sector", "median return of all stocks"])
def test_a_median_of_many_stocks_is_a_figure_of_the_group(facts, text):
    assert read(facts, text).param("aggregation") == "median"


@pytest.mark.parametrize(
    "text",
    [
        "median volatility of KO",
        "median daily return of Apple",
        "median and mean volatility of tech",
        "median correlation of tech stocks",
    ],
)
def test_a_median_of_one_stock_or_beside_a_mean_is_refused(facts, text):
    refused(facts, text)


def test_or_between_conditions_makes_one_of_them_enough(facts):
    found = read(facts, "stocks with volatility over 40% or a drawdown deeper than 50%")
    assert found.param("any") is True
    assert len(found.conditions) == 2
    assert read(facts, "beta under 0.5 or above 1.5").conditions == (
        Condition("beta", "<", 0.5),
        Condition("beta", ">", 1.5),
    )


def test_twenty_or_more_is_one_bound(facts):
    found = read(facts, "stocks with volatility of 40% or more")
    assert found.conditions == (Condition("volatility", ">=", 0.4),)
    assert found.param("any") is None


@pytest.mark.parametrize(
    "text",
    [
        "volatility under 20% or beta under 0.5 and sharpe over 1",
        "days when KO fell more than 3% or rose more than 4%",
        "energy stocks more volatile than AMD or with beta over 1.5",
    ],
)
def test_an_or_with_several_meanings_is_refused(facts, text):
    refused(facts, text)


def test_the_stocks_of_one_sector_or_another_take_part_together(facts):
    found = read(facts, "energy or tech stocks with a sharpe above 0.5")
    assert set(found.tickers) == {"CVX", "RRC", "XOM", "AAPL", "AMD", "MSFT"}


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("stocks more volatile than AMD", ("volatility", ">", "AMD")),
        ("stocks with a sharpe above Apple's", ("sharpe", ">", "AAPL")),
        ("stocks with a deeper drawdown than GE", ("max_drawdown", "<", "GE")),
        ("stocks with a better drawdown than GE", ("max_drawdown", ">", "GE")),
        ("stocks with a lower beta than the index", ("beta", "<", "SP500")),
    ],
)
def test_a_screen_may_compare_with_a_stock(facts, text, condition):
    found = read(facts, text)
    [said] = found.conditions
    assert (found.shape, found.tickers) == ("screen", ())
    assert (said.metric, said.op, said.against) == condition


@pytest.mark.parametrize(
    "text",
    [
        "stocks with lower beta and higher return than KO",
        "stocks more volatile than the tech sector",
        "stocks with a sharpe above Apple but below AMD",
        "stocks with a higher sharpe than KO and PEP",
        "stocks not more volatile than KO",
    ],
)
def test_a_yardstick_that_is_not_one_stock_is_refused(facts, text):
    refused(facts, text)


def test_two_stocks_are_compared_not_screened(facts):
    assert read(facts, "is KO more volatile than PEP").shape == "compare"
    assert read(facts, "did KO return more than PEP in 2020").metrics == ("total_return",)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("S&P volatility in 2008 vs 2020", ["2008", "2020"]),
        ("was AAPL more volatile in 2008 than in 2020?", ["2008", "2020"]),
        ("KO volatility in 2008, 2015 and 2020", ["2008", "2015", "2020"]),
        ("AAPL beta 10y vs 5y", ["last 10 years", "last 5 years"]),
        ("KO return before and after covid", ["before the covid crash", "after the covid crash"]),
        ("JPM volatility before 2008 and after", ["before 2008", "after 2008"]),
        ("KO vs PEP volatility in Q1 2020 vs Q1 2021", ["Q1 2020", "Q1 2021"]),
    ],
)
def test_stretches_of_time_stand_side_by_side(facts, text, labels):
    found = read(facts, text)
    assert found.shape == "periods"
    assert [window.label for window in found.windows] == labels
    assert Intent.from_json(found.to_json()) == found
    assert [window["label"] for window in interpretation(found)["windows"]] == labels


@pytest.mark.parametrize(
    "text",
    [
        "AAPL in 2020 and MSFT in 2021",
        "volatility in 2008 and return in 2020",
        "most volatile stocks in 2008 vs 2020",
        "tech volatility in 2008 vs 2020",
        "JNJ return 2010 2015",
        "volatility of KO since 2000 excluding 2008",
    ],
)
def test_stretches_of_time_that_are_not_joined_are_refused(facts, text):
    assert refused(facts, text)


def test_periods_with_other_stretches_are_other_answers(facts):
    one = read(facts, "KO volatility in 2008 vs 2020")
    other = read(facts, "KO volatility in 2008, 2015 and 2020")
    assert one.window == other.window or one.key() != other.key()
    assert one.key() != other.key()


@pytest.mark.parametrize(
    ("after", "text", "position"),
    [
        ("which stock is the most volatile", "and the second one?", 2),
        ("second most volatile stock", "and in 2008?", 2),
        ("second most volatile stock", "top 5", None),
        ("worst day of Apple", "and the third?", 3),
    ],
)
def test_a_follow_up_asks_for_a_place_or_keeps_it(facts, after, text, position):
    found = read(facts, after, text)
    assert found.param("position") == position
    assert found.limit == (5 if position is None else 1)


@pytest.mark.parametrize(
    ("after", "text", "labels"),
    [
        ("volatility of KO in 2008", "vs 2020", ["2008", "2020"]),
        ("KO volatility in 2008 vs 2020", "and PEP?", ["2008", "2020"]),
        ("KO volatility in 2008 vs 2020", "sharpe instead", ["2008", "2020"]),
    ],
)
def test_a_follow_up_keeps_or_joins_stretches_of_time(facts, after, text, labels):
    found = read(facts, after, text)
    assert [window.label for window in found.windows] == labels


def test_a_follow_up_to_alternatives_keeps_them(facts):
    before = "volatility over 40% or drawdown deeper than 60%"
    assert read(facts, before, "and over 10 years?").param("any") is True
    refused(facts, before, "and beta over 1")


def test_a_follow_up_to_the_first_of_each_sector_stays_by_sector(facts):
    found = read(facts, "most volatile stock of every sector", "and in 2008?")
    assert (found.param("group_by"), found.limit, found.window.label) == ("sector", 1, "2008")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        (
            "average correlation of tech stocks",
            "correlation matrix of Information Technology stocks",
        ),
        ("most volatile stocks by sector", "most volatile stock of each sector"),
        ("median volatility of KO", "volatility of KO"),
        ("median and mean volatility of tech", "median volatility by sector"),
        (
            "vol under 20% or beta under 0.5 and sharpe over 1",
            "stocks with volatility under 20 % or beta under 0.5",
        ),
    ],
)
def test_a_refusal_offers_the_nearest_question_that_is_understood(facts, text, nearest):
    assert refused(facts, text).nearest == nearest
    read(facts, nearest)
