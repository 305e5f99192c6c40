"""The capacity model and its table in the documentation."""

from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.capacity import Load, need, table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def test_the_table_of_the_documentation_is_what_the_model_computes():
    text = DOCUMENT.read_text()
    shown = text.partition("<!-- capacity:start -->")[2].partition("<!-- capacity:end -->")[0]
    assert shown.strip() == table()


def test_more_viewers_never_need_less():
    needs = [need(Load(viewers)) for viewers in (1, 1_000, 50_000, 50_001, 1_000_000)]
    for few, more in pairwise(needs):
        assert few.webs <= more.webs and few.memory_gb < more.memory_gb
        assert few.databases <= more.databases and few.redis_servers <= more.redis_servers


def test_the_model_says_where_it_ends():
    with pytest.raises(ValueError, match="route sessions"):
        need(Load(5_000_000))
