"""The Celery application: for the nightly import, and for runs where TASKS says Celery."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

app = Celery("project", broker=os.environ.get("BROKER", "redis://localhost"))
app.autodiscover_tasks(["prices"])
app.conf.imports = ["progress.dispatch.celery"]
