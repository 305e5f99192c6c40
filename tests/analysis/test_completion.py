"""Completing a question that is being typed."""

import pytest

from analysis.completion import completed, completions

COMPANY = {"kind": "company", "label": "Microsoft", "detail": "MSFT"}
METRIC = {"kind": "metric", "label": "Volatility", "detail": "How widely returns scatter"}
ASKED = {"kind": "question", "label": "Volatility of AMD", "detail": "asked before"}


def search(text: str) -> list[dict[str, str]]:
    """Finds what a real search would, by any word."""
    words = text.lower().split()
    found = (COMPANY, METRIC, ASKED)
    return [hit for hit in found if any(hit["label"].lower().startswith(w) for w in words)]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("beta of micr", "Microsoft", "beta of Microsoft"),
        ("beta of microsft", "Microsoft", "beta of Microsoft"),
        ("max draw", "Max drawdown", "Max drawdown"),
        ("the max draw", "Max drawdown", "the Max drawdown"),
        ("vol", r"A\1B", r"A\1B"),
    ],
)
def test_a_name_replaces_the_words_that_begin_it(text: str, name: str, expected: str) -> None:
    assert completed(text, name) == expected


def test_words_that_are_complete_are_not_suggested_again() -> None:
    assert completions("volatility of micr", search) == [
        ("Volatility of AMD", "asked before"),
        ("volatility of Microsoft", "MSFT"),
    ]


def test_after_a_blank_only_whole_questions_are_suggested() -> None:
    assert completions("volatility ", search) == [("Volatility of AMD", "asked before")]


def test_what_comes_out_alike_is_suggested_once() -> None:
    assert [text for text, _ in completions("vol", lambda _: [METRIC, METRIC])] == ["Volatility"]
