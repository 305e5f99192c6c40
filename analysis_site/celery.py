"""The Celery application of workers and of those who send to them. Used when REDIS_URL is set."""

import asyncio
import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

from analysis_site.collector import spare_the_collector
from progress.dispatch import inprocess
from progress.loop import home

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analysis_site.settings")

app = Celery("tickertape", broker=settings.REDIS_URL, set_as_current=True)
app.set_default()
app.conf.update(
    imports=["progress.dispatch.celery"],
    task_default_queue="default",  # as tasks call it
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    # A message is acknowledged when it is taken: the run's lease, not the broker, says who works.
    task_acks_late=False,
    # A killed worker otherwise takes prefetched messages with it for two minutes.
    worker_disable_prefetch=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # A broker that is away delays its caller for about a second; the reaper sends again.
    broker_connection_timeout=2,
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0.1, "interval_max": 0.5},
    broker_transport_options={
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
)


@worker_ready.connect
def begin(**_: Any) -> None:
    """A worker also looks for the runs of those that died."""
    from progress.dispatch.watchman import watchman  # models, which this module is loaded before

    watchman.start()
    spare_the_collector()


@worker_shutting_down.connect
def drain(**_: Any) -> None:
    """Runs get some seconds to finish; what is left goes back to the queue, for another worker.

    Celery itself waits for its tasks, which end with their runs.
    """
    from progress.dispatch.watchman import watchman

    watchman.stop()
    asyncio.run_coroutine_threadsafe(inprocess.drain(settings.DRAIN_SECONDS), home())
