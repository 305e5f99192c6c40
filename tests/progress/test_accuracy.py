"""Predictions against facts, over the stored runs."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from progress.accuracy import accuracy
from progress.models import Run, Session

pytestmark = pytest.mark.stack

TOLD = {
    "run": [1000, 2000, 3000],
    "steps": {"1": [10, 20, 30], "10": [10, 20, 30]},
    "rests": {"1": [1000, 2000, 3000], "10": [500, 600, 700]},
}


def ended(session: Session, seconds: float, **fields: Any) -> Run:
    """A run that took so long after it was told what to expect."""
    start = timezone.now() - dt.timedelta(hours=1)
    given = {"kind": "import", "state": Run.State.SUCCEEDED, "forecast": TOLD, **fields}
    finish = start + dt.timedelta(seconds=seconds)
    return Run.objects.create(session=session, started_at=start, finished_at=finish, **given)


def test_each_run_counts_as_early_within_its_range_or_slow(session):
    for seconds in (0.5, 0.5, 0.5, 0.5, 1.5, 1.5, 1.5, 2.5, 4, 4):
        ended(session, seconds)
    (line,) = accuracy()
    assert (line.kind, line.part, line.runs) == ("import", "whole run", 10)
    assert (line.early, line.within, line.slow) == (0.4, 0.3, 0.2)
    assert line.covered == 0.7
    assert (line.error_ms, line.relative) == (500, 0.75)


def test_steps_and_what_follows_them_are_judged_in_their_order(session, django_assert_num_queries):
    for _ in range(5):
        ended(session, 1, step_ms={"10": [15, 550], "1": [5, 5000], "99": [1, 1]})
    with django_assert_num_queries(1):
        lines = {line.part: (line.early, line.within, line.slow) for line in accuracy()}
    assert list(lines) == ["whole run", "step 1", "step 10", "from step 1 on", "from step 10 on"]
    assert lines["step 1"] == (1, 0, 0)
    assert lines["step 10"] == (0, 1, 0)
    assert lines["from step 1 on"] == (0, 0, 1)


def test_a_run_that_skipped_steps_is_counted_apart(session):
    ended(session, 0.1, total_steps=2, step_ms={"1": [5, 5]})
    (line,) = accuracy()
    assert line.part == "run that skipped steps" and line.early == 1


def test_time_spent_waiting_for_the_user_is_no_error(session):
    ended(session, 61.5, waited_ms=60_000)
    assert accuracy()[0].within == 1


def test_runs_without_a_prediction_or_a_good_end_and_old_ones_are_left_out(session):
    ended(session, 1, forecast=None)
    ended(session, 1, state=Run.State.FAILED)
    old = ended(session, 1)
    Run.objects.filter(id=old.id).update(created_at=timezone.now() - dt.timedelta(days=40))
    assert accuracy() == []
    assert len(accuracy(days=50)) == 1


def test_a_command_prints_the_report(session):
    assert "No run" in report()
    ended(session, 0.25)
    line = "| import | whole run | 1 | 100.0% | 0.0% | 100.0% | 0.0% | 750.0 ms (300%) |"
    assert line in report("--days", "1")


def report(*arguments: str) -> str:
    out = StringIO()
    call_command("measure_eta", *arguments, stdout=out)
    return out.getvalue()
