"""`manage.py questions` writes the accuracy between its markers and nowhere else."""

import pytest
from django.core.management.base import CommandError

from analysis.management.commands.questions import accuracy, failures, publish
from analysis.questions.judging import Judged

JUDGED = [
    Judged("a", "right", "tuned on", ()),
    Judged("b", "wrong", "tuned on", ("shape",)),
    Judged("c", "needless", "held out", ("secret",)),
]


def test_the_section_counts_each_part():
    section = accuracy(JUDGED)
    assert "| tuned on | 2 | 1 (50.0%) | 0 | 1 |" in section
    assert "| held out | 1 | 0 (0.0%) | 1 | 0 |" in section


def test_held_out_failures_are_counted_but_never_listed():
    assert failures(JUDGED) == ["wrong: b - shape"]


def test_only_the_section_between_the_markers_changes(tmp_path):
    path = tmp_path / "analyses.md"
    path.write_text("head\n<!-- accuracy:start -->\nold\n<!-- accuracy:end -->\ntail\n")
    publish(path, "new")
    assert path.read_text() == ("head\n<!-- accuracy:start -->\nnew\n<!-- accuracy:end -->\ntail\n")


def test_a_document_without_markers_is_left_alone(tmp_path):
    path = tmp_path / "analyses.md"
    path.write_text("head\n")
    with pytest.raises(CommandError):
        publish(path, "new")
    assert path.read_text() == "head\n"
