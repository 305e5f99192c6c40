"""Time predictions: learnt from past runs, stored with a run, and told while it goes on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator

from progress import forecast as forecasts
from progress import service
from progress.eta import eta, remaining, slow_in
from progress.forecast import forecast
from progress.frame_schemas import DATA
from progress.models import Run, Session

pytestmark = pytest.mark.stack

KIND = "import"
LEARNT = {
    "run": [1000.0, 2000.0, 3000.0],
    "steps": {"2": [600.0, 900.0, 950.0]},
    "rests": {"2": [800.0, 1600.0, 1900.0]},
}


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """A forecast is remembered for some seconds, in which other tests leave other runs."""
    forecasts._learnt.cache_clear()


def past(
    session: Session, *seconds: float, ago: dt.timedelta = dt.timedelta(hours=1), **fields: Any
) -> None:
    """Runs that ended well and worked for so long."""
    given = {"kind": KIND, "state": Run.State.SUCCEEDED, **fields}
    for took in seconds:
        start = timezone.now() - ago
        end = start + dt.timedelta(seconds=took)
        Run.objects.create(session=session, started_at=start, finished_at=end, **given)


def moving(worked: float = 0.5, **fields: Any) -> Run:
    """A run at work for so many seconds."""
    started = timezone.now() - dt.timedelta(seconds=worked)
    return Run(state=Run.State.RUNNING, started_at=started, forecast=LEARNT, **fields)


def test_a_range_reaches_from_the_middle_of_the_past_to_its_80th_percentile(session):
    past(session, *range(1, 12))
    assert forecast(KIND)["run"] == (6000, 9000, 10_000)


def test_under_five_runs_nothing_is_predicted(session):
    past(session, 1, 1, 1, 1)
    assert forecast(KIND) is None


def test_other_kinds_and_other_ends_do_not_count(session):
    past(session, 1, 1, 1, 1, 1)
    past(session, 90, 90, 90, kind="export")
    past(session, 90, 90, 90, state=Run.State.FAILED)
    assert forecast(KIND)["run"] == (1000, 1000, 1000)


def test_time_spent_waiting_for_the_user_is_no_work(session):
    past(session, 61, 61, 61, 61, 61, waited_ms=60_000)
    assert forecast(KIND)["run"] == (1000, 1000, 1000)


def test_the_newest_runs_count(session, monkeypatch):
    monkeypatch.setattr(forecasts, "SAMPLES", 5)
    past(session, 1, 1, 1, 1, 1)
    past(session, 9, 9, 9, 9, 9, ago=dt.timedelta(days=1))
    assert forecast(KIND)["run"] == (1000, 1000, 1000)


def test_a_step_is_learnt_from_the_runs_that_went_through_it(session):
    through: Any = {"step_ms": {"1": [100, 1000], "2": [900, 900]}}
    past(session, 1, 1, 1, 1, 1, **through)
    learnt = forecast(KIND)
    assert learnt["steps"]["2"] == (900, 900, 900)
    assert learnt["rests"]["1"] == (1000, 1000, 1000)
    past(session, 9, 9, step_ms={"3": [9000, 9000]})
    forecasts._learnt.cache_clear()
    assert "3" not in forecast(KIND)["steps"], "two runs say nothing of a step"


def test_the_past_is_read_once_for_a_burst_of_runs(session, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(forecasts, "KEPT_SECONDS", 1e9)
    past(session, *range(1, 12))
    with django_assert_num_queries(1):
        assert forecast(KIND) == forecast(KIND)


def test_runs_that_skipped_steps_do_not_make_predictions_short(session):
    both: Any = {"total_steps": 2, "step_ms": {"1": [100, 1000], "2": [900, 900]}}
    past(session, 1, 1, 1, 1, 1, **both)
    past(session, *[0.1] * 20, total_steps=2, step_ms={"1": [100, 100]})
    learnt = forecast(KIND)
    assert learnt["run"][0] == 1000 and learnt["rests"]["1"][0] == 1000


def test_a_run_keeps_the_prediction_it_started_with(session):
    past(session, 1, 1, 1, 1, 1)
    with service.start_run(session.id, kind=KIND) as active:
        past(session, *[9] * 20)
        forecasts._learnt.cache_clear()
    assert Run.objects.get(id=active.id).forecast["run"] == [1000, 1000, 1000]


def test_a_run_keeps_how_long_its_steps_took_and_what_followed_them(session):
    with service.start_run(session.id, kind=KIND) as active:
        with active.step(1, "Read"):
            pass
        with active.step(2, "Store"):
            service.drain(10)
        with active.step(2, "Store more"):
            service.drain(10)
    run = Run.objects.get(id=active.id)
    (first, rest), (second, last) = run.step_ms["1"], run.step_ms["2"]
    assert first > 0 and rest >= first + second and second <= last < rest <= run.worked_ms


def test_a_step_that_begins_tells_what_is_left_from_there(session):
    past(session, 1, 1, 1, 1, 1, step_ms={"1": [100, 1000], "2": [900, 900]})
    with service.start_run(session.id, kind=KIND) as active:
        with active.step(2, "Store"):
            pass
        with active.step(7, "Never seen before"):
            pass
    known, unknown = session.events.filter(kind="step", data__state="started").order_by("seq")
    assert known.data["predicted_ms"] == [900, 900]
    assert (known.data["eta_ms"], known.data["slow_in_ms"]) == ([900, 900], 900)
    Draft202012Validator(DATA["step"]).validate(known.data)
    assert set(known.data) == set(DATA["step"]["properties"]), "as documented"
    assert unknown.data == {"state": "started", "name": "Never seen before"}


def test_what_is_left_shrinks_with_time_and_never_below_nothing():
    assert remaining(moving()) == pytest.approx((500, 1500, 2500), abs=100)
    assert remaining(moving(worked=60)) == (0, 0, 0)


def test_in_a_step_what_is_left_is_what_such_runs_took_from_there():
    now = timezone.now()
    assert remaining(moving(step=2, step_started_at=now)) == pytest.approx(
        (800, 1600, 1900), abs=99
    )
    unknown = moving(step=9, step_started_at=now)
    assert remaining(unknown) == pytest.approx((500, 1500, 2500), abs=99), "the whole run counts"


def test_before_it_starts_and_when_it_goes_on_after_an_answer_all_is_still_to_do():
    assert eta(Run(forecast=LEARNT)) == (1000, 2000)
    again = moving(step=2, step_started_at=timezone.now() - dt.timedelta(hours=1))
    again.state = Run.State.QUEUED
    assert eta(again) == (1000, 2000) and slow_in(again) == 3000


def test_without_a_past_and_after_the_end_nothing_is_said():
    over = moving()
    over.state = Run.State.SUCCEEDED
    for run in (Run(), over):
        assert eta(run) is None and slow_in(run) is None
