"""What the page says of time, from an analysis as the API gives it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from analysis import timing
from progress.service import duration, span

RUNNING = {
    "status": "running",
    "step": 2,
    "total_steps": 5,
    "elapsed_ms": 100.0,
    "waited_ms": 0,
    "predicted_ms": [300, 700],
    "eta_ms": [200, 600],
    "slow_in_ms": 900,
}
LONG = RUNNING | {"elapsed_ms": 4000, "eta_ms": [6200, 16_000], "slow_in_ms": 30_000}
UNKNOWN: dict[str, Any] = {"predicted_ms": None, "eta_ms": None, "slow_in_ms": None}


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(None, ""), (42, "42 ms"), (420, "0.42 s"), (3140, "3.1 s"), (59_600, "1 min 0 s")],
)
def test_durations_read_as_the_browser_writes_them(milliseconds: float | None, text: str) -> None:
    assert duration(milliseconds) == text


def test_a_range_is_one_figure_where_its_ends_read_alike() -> None:
    assert span((42, 420)) == "42 ms to 0.42 s"
    assert span((42.1, 42.2)) == "42 ms"


def test_a_run_says_what_is_usual_in_all_beside_its_clock() -> None:
    assert timing.eta(RUNNING) == "usually 0.30 s to 0.70 s"
    assert timing.eta(RUNNING | {"status": "queued"}) == "usually 0.30 s to 0.70 s"


def test_only_a_run_of_more_than_ten_seconds_has_a_bar() -> None:
    assert timing.share(RUNNING) is None
    assert timing.share(LONG) == 0.2


def test_only_beyond_the_90th_percentile_it_takes_longer_than_usual() -> None:
    assert "longer" not in timing.eta(RUNNING | {"eta_ms": [0, 0]})
    assert timing.eta(RUNNING | {"eta_ms": [0, 0], "slow_in_ms": 0}) == "longer than usual"


def test_the_bar_stays_where_it_is_when_it_takes_longer() -> None:
    late = LONG | {"elapsed_ms": 900_000, "eta_ms": [0, 0], "slow_in_ms": 0}
    assert timing.share(late) == 1
    assert timing.share(late | UNKNOWN | {"step": 5}) == 0.8


def test_without_a_prediction_a_bar_comes_after_ten_seconds_and_follows_the_steps() -> None:
    assert timing.share(RUNNING | UNKNOWN) is None
    assert timing.share(RUNNING | UNKNOWN | {"elapsed_ms": 10_001}) == 0.2
    assert timing.eta(RUNNING | UNKNOWN) == "" and timing.ends(RUNNING | UNKNOWN) == ""


def test_time_spent_waiting_for_the_user_does_not_make_a_run_long() -> None:
    waited = RUNNING | {"elapsed_ms": 90_000, "waited_ms": 89_900}
    assert timing.share(waited) is None
    waiting = LONG | {"status": "waiting"}
    assert timing.eta(waiting) == "" and timing.share(waiting) is None


def test_what_is_over_says_what_had_been_predicted() -> None:
    over = RUNNING | {"status": "succeeded", "eta_ms": None, "slow_in_ms": None}
    assert timing.eta(over) == "predicted 0.30 s to 0.70 s"
    assert timing.eta(over | UNKNOWN) == "" and timing.eta(over | {"status": "failed"}) == ""


def test_the_script_goes_on_from_the_same_moments() -> None:
    before = time.time() * 1000
    end, late = map(float, timing.ends(RUNNING).split())
    assert 599 <= end - before < 60_000 and end + 300 == late
