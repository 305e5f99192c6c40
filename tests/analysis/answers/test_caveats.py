import dataclasses

import pytest

from analysis.intent import Assumption
from analysis.writing.answer import write

from .cases import CASES, IN_2022, ask


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("compare_many", "price index without dividends"),
        ("value_benchmark", "price index without dividends"),
        ("compare_many", "Prices stood still for RRC on most days until 1992-12-31"),
        ("compare_many", "The data starts on 1990-01-02"),
        ("calendar_one", "Only a part of 2022 is in the data."),
        ("price", "not the prices quoted on the day"),
        ("indicator_averages", "not the prices quoted on the day"),
        ("value_high", "Highs and lows are of adjusted closes."),
        ("rank_condition", "The risk-free rate is 3 %."),
        ("compare", "The risk-free rate is 0 %."),
    ],
)
def test_a_caveat_is_noted_where_it_matters(name, words, run, facts):
    note = write(CASES[name], run(CASES[name]), facts).note
    assert note is not None
    assert words in note


@pytest.mark.parametrize("name", ["rank", "value", "pairs", "explain", "list_tickers", "streaks"])
def test_an_answer_without_a_caveat_has_no_note(name, run, facts):
    assert write(CASES[name], run(CASES[name]), facts).note is None


def test_a_rate_that_was_assumed_beside_the_answer_is_not_told_again(run, facts):
    assumed = Assumption("risk_free", "0 %", "Risk-free rate 0 %")
    intent = dataclasses.replace(CASES["compare"], assumptions=(assumed,))
    assert "risk-free" not in (write(intent, run(CASES["compare"]), facts).note or "")


def test_cagr_under_a_year_is_explained(run, facts):
    intent = CASES["value_cagr_of_weeks"]
    answer = write(intent, run(intent), facts)
    assert "a CAGR is not given for less than 365 days" in answer.text
    assert "CAGR is not given for less than 365 days" in (answer.note or "")


def test_the_total_return_stands_in_for_a_cagr_that_is_not_given(run, facts):
    intent = ask("value", CASES["value_cagr_of_weeks"].window, "cagr total_return", "MSFT")
    answer = write(intent, run(intent), facts)
    assert answer.text.startswith("Microsoft (MSFT) returned \N{MINUS SIGN}")
    assert "; the total return is" in (answer.note or "")


def test_the_index_alone_needs_its_note_for_returns_only(run, facts):
    fall, gain = (ask("value", IN_2022, name, "SP500") for name in ("volatility", "total_return"))
    assert write(fall, run(fall), facts).note is None
    assert "without dividends" in (write(gain, run(gain), facts).note or "")


def test_stocks_that_were_left_out_are_named(run, facts):
    result = dataclasses.replace(run(CASES["rank"]), left_out=("XOM", "KO"))
    note = write(CASES["rank"], result, facts).note or ""
    assert "cover less than 80 % of the window: XOM and KO." in note


def test_what_the_computation_notes_is_passed_on(run, facts):
    result = dataclasses.replace(run(CASES["rank"]), caveats=("A thing to know.",))
    assert "A thing to know." in (write(CASES["rank"], result, facts).note or "")


def test_a_stock_that_starts_inside_the_window_is_named(run, facts):
    late = {**facts.first_dates, "AAPL": IN_2022.end.replace(month=6, day=1)}
    young = dataclasses.replace(facts, first_dates=late)
    intent = ask("value", IN_2022, "volatility", "AAPL")
    note = write(intent, run(intent), young).note or ""
    assert "Prices start later than the window for AAPL" in note
