import datetime as dt

import pytest

from analysis.intent import Window
from analysis.writing.periods import named, phrase

from .cases import END, EVER, FIVE_YEARS, IN_2022, NINETIES


@pytest.mark.parametrize(
    ("rule", "label", "text"),
    [
        ("default", "last 5 years", "over the last 5 years"),
        ("trailing", "the last 12 months", "over the last 12 months"),
        ("trailing", "Past year", "over the past year"),
        ("year", "2022", "in 2022"),
        ("quarter", "Q1 2020", "in Q1 2020"),
        ("month", "March 2020", "in March 2020"),
        ("decade", "the 1990s", "in the 1990s"),
        ("since", "since 2010", "since 2010"),
        ("until", "until 2015", "until 2015"),
        ("ytd", "YTD", "in the year to date"),
        ("ytd", "2022 to date", "in 2022 to date"),
        ("quarter", "second half of 2021", "in the second half of 2021"),
        ("episode", "covid crash", "in the covid crash"),
    ],
)
def test_a_window_takes_the_preposition_of_its_kind(rule, label, text):
    assert named(Window(dt.date(2010, 1, 1), END, label, rule)) == text


def test_a_window_shows_its_dates(facts):
    assert phrase(FIVE_YEARS, facts) == "over the last 5 years (2017-12-28 to 2022-12-28)"


def test_dates_outside_the_data_are_not_claimed(facts):
    assert phrase(IN_2022, facts) == "in 2022 (2021-12-31 to 2022-12-28)"
    assert phrase(NINETIES, facts) == "in the 1990s (1990-01-02 to 1999-12-31)"
    assert phrase(EVER, facts) == "over the whole history (1990-01-02 to 2022-12-28)"


def test_a_window_that_reaches_before_the_data_keeps_its_name(facts):
    cut = Window(None, dt.date(1999, 12, 31), "the 1990s", "decade")
    assert phrase(cut, facts) == "in the 1990s (1990-01-02 to 1999-12-31)"


def test_a_range_is_told_by_its_dates_alone(facts):
    window = Window(dt.date(2020, 2, 19), dt.date(2020, 3, 23), "2020-02-19 to 2020-03-23", "range")
    assert phrase(window, facts) == "from 2020-02-19 to 2020-03-23"
