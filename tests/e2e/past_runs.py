"""The past of a site: given to the one of this environment, or taken away.

`-m tests.e2e.past_runs 20 5` gives five questions that took twenty seconds each, four a step.
"""

import datetime as dt
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import django

from deploy.site import Web


def forget_answers(site: Web) -> None:
    """Each test, and each second try of one, sees all steps: a cached answer needs only two."""
    with closing(sqlite3.connect(Path(site.env["VAR_DIR"]) / "db.sqlite3", timeout=30)) as database:
        database.execute("DELETE FROM analysis_cachedanswer")
        database.commit()


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
