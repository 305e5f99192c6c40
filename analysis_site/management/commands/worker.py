"""Works on queued runs in this process (scaled mode)."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from prometheus_client import start_http_server

from progress.metrics import registry


class Command(BaseCommand):
    help = "Work on queued runs until SIGTERM; needs REDIS_URL. Start as many as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REDIS_URL:
            raise CommandError(
                "Workers need REDIS_URL; without it runs are worked on inside the server process"
            )
        from analysis_site.celery import app  # only there is a broker to talk to

        show_metrics()
        app.worker_main(
            [
                "--quiet",  # its banner is no line of a log
                "worker",
                "--pool=threads",
                f"--concurrency={settings.WORKER_CONCURRENCY}",
                f"--hostname={os.getpid()}@%h",
                f"--loglevel={settings.LOG_LEVEL}",
                "--without-gossip",
                "--without-mingle",
            ]
        )


def show_metrics() -> None:
    """Most events are stored by workers, which have no web server to tell of it."""
    if settings.METRICS_PORT:
        try:
            start_http_server(settings.METRICS_PORT, settings.HOST, registry)
        except OSError as error:
            place = f"{settings.HOST}:{settings.METRICS_PORT}"
            raise CommandError(
                f"METRICS_PORT: {place} cannot be used: {error.strerror}", returncode=2
            ) from error
