import dataclasses
import datetime as dt
import re

import pytest

from analysis.intent import SHAPES
from analysis.writing.answer import SENTENCES, write

from .cases import CASES, EMPTY, FIVE_YEARS, ask, over, under
from .figures_in import dates, numbers, supported_dates, supports

WITHOUT_WINDOW = {"price", "list", "explain"}
OF_ONE_DAY = {"value_high", "value_momentum", "value_current", "value_all_time_high"}
ALL = CASES | EMPTY


def test_every_shape_has_its_sentence_and_its_case():
    assert set(SENTENCES) == set(SHAPES)
    assert {intent.shape for intent in CASES.values()} == set(SHAPES)


@pytest.mark.parametrize("name", ALL)
def test_an_answer_is_a_whole_sentence_that_names_the_data_date(name, run, facts):
    text = write(ALL[name], run(ALL[name]), facts).text
    assert "data through 2022-12-28" in text
    assert re.match(r"[A-Z$0-9]", text)
    assert text.endswith(").")
    assert not re.search(r"None(?! of)|\bnan\b|\{|\}|  |\.\.|\( |,,", text)


@pytest.mark.parametrize("name", [n for n in ALL if ALL[n].shape not in WITHOUT_WINDOW])
def test_an_answer_names_its_window_and_its_dates(name, run, facts):
    intent = ALL[name]
    text = write(intent, run(intent), facts).text
    if name in OF_ONE_DAY:
        assert "28 December 2022" in text
        return
    for window in intent.windows or (intent.window,):
        start = max(window.start or facts.first_date, facts.first_date)
        assert f"{start} to {min(facts.last_date, window.end)}" in text


@pytest.mark.parametrize("name", [n for n in ALL if ALL[n].shape not in ("list", "explain")])
def test_every_number_and_date_of_an_answer_is_in_the_result(name, run, facts):
    intent, result = ALL[name], run(ALL[name])
    text = write(intent, result, facts).text
    found = numbers(text, intent)
    assert [n for n in found if not supports(n, intent, result, facts)] == []
    assert set(dates(text)) <= supported_dates(intent, result, facts)


@pytest.mark.parametrize("nudge", [1e-12, -1e-12])
def test_a_pair_is_named_in_one_order_whichever_of_its_two_cells_is_larger(nudge, run, facts):
    intent = CASES["matrix_few"]
    result = run(intent)
    rows = tuple((a, b, figure + nudge * (a > b)) for a, b, figure in result.rows)
    nudged = write(intent, dataclasses.replace(result, rows=rows), facts)
    assert nudged.text == write(intent, result, facts).text
    assert "(AAPL and MSFT)" in nudged.text


@pytest.mark.parametrize("name", EMPTY)
def test_an_answer_without_figures_says_so(name, run, facts):
    text = write(EMPTY[name], run(EMPTY[name]), facts).text
    assert re.search(r"\b([Nn]o|None|none|[Nn]othing)\b", text)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        (
            "rank",
            "Range Resources (RRC) had the highest volatility over the last 5 years "
            "(2017-12-28 to 2022-12-28): 70.4 % a year, ahead of AMD at 56.9 % and GE at 43.6 % "
            "(data through 2022-12-28).",
        ),
        ("rank_deepest", "Range Resources (RRC) had the deepest maximum drawdown over"),
        ("rank_without", "Among the stocks without XOM and CVX, Merck (MRK) had the highest"),
        ("value", "Apple (AAPL) had a volatility of 33.5 % a year over the last 5 years"),
        ("value_growth", "Apple (AAPL) turned $1 into $476.04 over the whole history"),
        ("rank_second", "AMD had the second highest volatility over the last 5 years"),
        ("rank_each", "The stocks with the highest total return of their sector over the last"),
        ("rank_no_place", "There is no 40th among the stocks over the last 5 years"),
        ("aggregate_second", "Health Care had the second highest median CAGR of the sectors"),
        ("aggregate_median", "The 20 stocks had a median total return of"),
        ("periods", "Coca-Cola (KO) had a volatility of 35.5 % a year in 2008 (2007-12-31"),
        ("screen_any", "5 stocks pass the screen with volatility over 40 % or maximum drawdown"),
        ("screen_against", "7 stocks pass the screen with volatility over AAPL's over"),
        ("value_two", "Johnson & Johnson (JNJ) returned 43.4 % over the last 5 years"),
        ("screen", "8 stocks pass the screen with volatility under 30 % and CAGR over 10 %"),
        ("compare_one", "PepsiCo (PEP) had the higher volatility over the last 5 years"),
        ("price_holiday", "Apple (AAPL) closed at $"),
        ("drawdowns_open", "The deepest drawdown of General Electric (GE) over the whole history"),
    ],
)
def test_an_answer_leads_with_who_and_what(name, start, run, facts):
    assert write(ALL[name], run(ALL[name]), facts).text.startswith(start)


def test_each_metric_of_a_question_gets_its_figure(run, facts):
    text = write(CASES["compare"], run(CASES["compare"]), facts).text
    for noun in ("total return", "CAGR", "volatility", "maximum drawdown", "Sharpe ratio"):
        assert noun in text


def test_a_comparison_answers_the_end_that_was_asked_about(run, facts):
    less = ask("compare", metrics="volatility", tickers="KO PEP", order="asc")
    deeper = ask("compare", metrics="max_drawdown", tickers="KO PEP", order="asc")
    assert write(less, run(less), facts).text.startswith("Coca-Cola (KO) had the lower volatility")
    assert " had the deeper maximum drawdown over" in write(deeper, run(deeper), facts).text


def test_a_record_among_chosen_days_says_which_days(run, facts):
    falls = ask("extremes", tickers="KO", period="day", conditions=(under("day_return", -0.05),))
    text = write(falls, run(falls), facts).text
    terms = "with daily return under \N{MINUS SIGN}5 %"
    assert text.startswith(f"The best day of Coca-Cola (KO) {terms} over")


def test_a_price_on_a_holiday_names_the_day_that_stands_in(run, facts):
    text = write(CASES["price_holiday"], run(CASES["price_holiday"]), facts).text
    assert "on 2 July 2020" in text
    assert "the last trading day before 4 July 2020" in text


def test_a_group_says_how_it_was_put_together(run, facts):
    mean, held = (
        write(CASES[n], run(CASES[n]), facts).text for n in ("aggregate", "aggregate_portfolio")
    )
    assert "mean volatility" in mean
    assert "equal-weight portfolio" in held
    assert "bought and held" in held


def test_the_value_at_risk_names_its_level(run, facts):
    text = write(CASES["value_two"], run(CASES["value_two"]), facts).text
    assert "1-day value at risk (99 %)" in text


def test_a_month_that_was_asked_for_is_told_alone(run, facts):
    intent = CASES["seasonality_months"].with_params(season="December")
    text = write(intent, run(CASES["seasonality_months"]), facts).text
    returned = "returned \N{MINUS SIGN}0.12 %"
    assert text.startswith(f"Walmart (WMT) {returned} in the average December (up in")


def test_an_index_is_counted_in_points(run, facts):
    intent = ask("price", tickers="SP500", date="2019-12-31")
    answer = write(intent, run(intent), facts)
    assert answer.text.startswith("The S&P 500 closed at 3,230.78 on 31 December 2019 (data")
    assert answer.note is None


def test_the_sector_of_a_stock_is_told(run, facts):
    intent = ask("list", tickers="AAPL", of="tickers")
    text = write(intent, run(intent), facts).text
    assert text.startswith("Apple (AAPL) belongs to the sector Information Technology")


def test_a_bound_on_a_fall_is_told_by_its_depth(run, facts):
    intent = ask("screen", metrics="max_drawdown", conditions=(over("max_drawdown", -0.3),))
    text = write(intent, run(intent), facts).text
    assert "with maximum drawdown less deep than \N{MINUS SIGN}30 % over" in text


def test_a_long_company_name_stays_whole(run, facts):
    long = "The Extraordinarily Long Winded Holding Company of North Western Europe and Partners"
    companies = tuple(
        dataclasses.replace(company, short_name=long) if company.ticker == "RRC" else company
        for company in facts.companies
    )
    renamed = dataclasses.replace(facts, companies=companies)
    text = write(CASES["rank"], run(CASES["rank"]), renamed).text
    assert text.startswith(f"{long} (RRC) had the highest volatility")


def test_an_unknown_ticker_in_a_table_is_named_as_it_stands(run, facts):
    result = run(CASES["rank"])
    stranger = (1, "ZZZ", "Zed", 0.9)
    text = write(CASES["rank"], dataclasses.replace(result, rows=(stranger,)), facts).text
    assert text.startswith("ZZZ had the highest volatility")


def test_why_is_it_first_is_answered_from_the_figures_before(run, facts):
    ranking = CASES["rank"]
    why = ask("explain", topic="ranking")
    text = write(why, run(why), facts, previous=(ranking, run(ranking))).text
    assert text.startswith("Range Resources (RRC) is first because its volatility")
    assert "70.4 % a year" in text
    assert "AMD has 56.9 % a year" in text
    assert "stdev(r)" in text


def test_why_is_a_stock_where_it_is_names_its_neighbours(run, facts):
    ranking = CASES["rank"]
    why = ask("explain", tickers="AMD", topic="ranking")
    text = write(why, run(why), facts, previous=(ranking, run(ranking))).text
    assert text.startswith("AMD is number 2 because its volatility")
    assert "RRC has 70.4 % a year and GE has 43.6 % a year" in text


def test_why_about_a_place_or_stretches_of_time_keeps_to_them(run, facts):
    why = ask("explain", topic="ranking")
    second, periods = (
        write(why, run(why), facts, previous=(CASES[name], run(CASES[name]))).text
        for name in ("rank_second", "periods")
    )
    assert second.startswith("AMD is number 2 because its volatility")
    assert "in 2008 (2007-12-31 to 2008-12-31) and in 2022" in periods


def test_why_without_a_figure_before_asks_for_one(run, facts):
    why = ask("explain", topic="ranking")
    assert "no earlier figure" in write(why, run(why), facts).text


def test_a_metric_is_explained_by_its_published_definition(run, facts):
    text = write(CASES["explain"], run(CASES["explain"]), facts).text
    assert text.startswith("Sharpe ratio: return earned for each unit of volatility")


def test_a_window_that_ends_a_sentence_shares_its_brackets(run, facts):
    text = write(CASES["value"], run(CASES["value"]), facts).text
    assert text.endswith("(2017-12-28 to 2022-12-28; data through 2022-12-28).")


def test_the_default_window_is_the_one_of_the_cases(facts):
    assert FIVE_YEARS.end == facts.last_date == dt.date(2022, 12, 28)
