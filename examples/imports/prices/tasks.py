from celery import shared_task

from progress.service import start_run

from .jobs import FILE, load


@shared_task
def nightly_import(session_id: str) -> int:
    with start_run(session_id, "Nightly import", kind="import", total_steps=2) as run:
        return load(run, FILE)
