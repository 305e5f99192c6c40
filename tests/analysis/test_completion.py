"""Completing a question that is being typed."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from analysis import context
from analysis.completion import completed, completions
from analysis.market_facts import MarketFacts

Search = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def search(facts: MarketFacts) -> Search:
    """The context search of somebody who has asked one question."""
    past = ("volatility of AMD",)
    return lambda text: [dataclasses.asdict(hit) for hit in context.search(text, facts, past)]


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


def test_words_that_are_complete_are_not_suggested_again(search: Search) -> None:
    asked, microsoft, *_ = completions("volatility of micr", search)
    assert asked == ("volatility of AMD", "asked before")
    assert microsoft[0] == "volatility of Microsoft (MSFT)"


@pytest.mark.parametrize("text", ["volatility ", "volatility of"])
def test_where_no_name_has_begun_only_whole_questions_are_suggested(
    text: str, search: Search
) -> None:
    assert completions(text, search) == [("volatility of AMD", "asked before")]


def test_what_comes_out_alike_is_suggested_once() -> None:
    hit = {"kind": "metric", "label": "Volatility", "detail": "How widely returns scatter"}
    assert [text for text, _ in completions("vol", lambda _: [hit, hit])] == ["Volatility"]
