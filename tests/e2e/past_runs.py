"""Gives the site of this environment a past: `-m tests.e2e.past_runs 20 5` are five questions that
took twenty seconds each, four a step."""

import datetime as dt
import os
import sys

import django


def main(seconds: float, times: int) -> None:
    from django.utils import timezone

    from progress.service import Run, create_session

    started = timezone.now() - dt.timedelta(hours=1)
    each = seconds * 200  # milliseconds a step
    steps = {str(step): [each, each * (6 - step)] for step in range(1, 6)}
    session = create_session()
    for _ in range(times):
        Run.objects.create(
            session=session,
            kind="question",
            state=Run.State.SUCCEEDED,
            total_steps=5,
            started_at=started,
            finished_at=started + dt.timedelta(seconds=seconds),
            step_ms=steps,
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analysis_site.settings")
    django.setup()
    main(float(sys.argv[1]), int(sys.argv[2]))
