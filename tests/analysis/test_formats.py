import datetime as dt

import pytest

from analysis.formats import counted, date, figure, listed


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (0.1234, "percent", "12.3 %"),
        (-0.893, "percent", "\N{MINUS SIGN}89.3 %"),
        (0.00052, "percent", "0.05 %"),
        (0.0, "percent", "0.00 %"),
        (-0.0000001, "percent", "0.00 %"),
        (475.043, "percent", "47,504.3 %"),
        (1.4512, "ratio", "1.45"),
        (-0.001, "ratio", "0.00"),
        (476.0378787, "money", "$476.04"),
        (1234567.891, "money", "$1,234,567.89"),
        (-12.3, "money", "\N{MINUS SIGN}$12.30"),
        (0.0987, "money", "$0.0987"),
        (0.5, "money", "$0.50"),
        (5032, "integer", "5,032"),
        (dt.date(2022, 12, 28), "date", "28 December 2022"),
        ("AAPL", "text", "AAPL"),
        (None, "percent", "no figure"),
    ],
)
def test_a_figure_is_written_by_its_kind(value, kind, text):
    assert figure(value, kind) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0 rows"), (1, "1 row"), (2500, "2,500 rows")])
def test_what_is_counted_agrees_with_its_number(number, text):
    assert counted(number, "row") == text


def test_a_date_may_come_as_its_iso_text():
    assert date("2020-03-09") == "9 March 2020"


@pytest.mark.parametrize(
    ("words", "most", "text"),
    [
        ([], None, ""),
        (["A"], None, "A"),
        (["A", "B"], None, "A and B"),
        (["A", "B", "C"], None, "A, B and C"),
        (["A", "B", "C", "D"], 2, "A, B and 2 more"),
    ],
)
def test_a_list_reads_like_speech(words, most, text):
    assert listed(words, most) == text
