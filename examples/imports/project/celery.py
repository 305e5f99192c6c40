"""The Celery application; only the nightly import needs it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

app = Celery("project", broker=os.environ.get("BROKER", "redis://localhost"))
app.autodiscover_tasks(["prices"])
