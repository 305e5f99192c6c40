"""Queues runs in the site of this environment: `-m tests.faults.start_runs count 4 300 0.01`.

Prints JSON: {"cookie": "name=value", "sessions": [ids]} of the browser that owns the sessions.
"""

import json
import os
import sys
import uuid

import django


def main(job: str, sessions: int, events: str, pause: str) -> None:
    from progress.access import signer
    from progress.conf import conf
    from progress.service import Viewer, create_session, queue_run

    owner = uuid.uuid4()
    made = [create_session(Viewer(browser=owner)) for _ in range(sessions)]
    for session in made:
        queue_run(session.id, f"tests.faults.jobs.{job}", title=f"{events} {pause}")
    cookie = f"{conf().browser_cookie}={signer().sign(str(owner))}"
    print(json.dumps({"cookie": cookie, "sessions": [str(session.id) for session in made]}))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analysis_site.settings")
    django.setup()
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
