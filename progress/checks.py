"""System checks: what in a project's settings would make progress slow, deaf or wrong, and what to
write instead. `python manage.py check` runs them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import Resolver404, resolve

from .access import authenticators
from .conf import conf
from .log import ALLOCATE
from .models import Event

IN_MEMORY = "channels.layers.InMemoryChannelLayer"
LOSSY = "channels_redis.core.RedisChannelLayer"
PUBSUB = "channels_redis.pubsub.RedisPubSubChannelLayer"
IN_PROCESS = "progress.dispatch.inprocess.InProcessBackend"
CELERY = "progress.dispatch.celery.CeleryBackend"


def register_all() -> None:
    """Called once, when the application is ready."""
    for check in (own_settings, middleware, database, routing, layer, tasks, doors, log_element):
        register(check, "progress")


def own_settings(**_: Any) -> Iterable[CheckMessage]:
    """E001: PROGRESS itself."""
    try:
        conf()
        authenticators()
    except (ImproperlyConfigured, ImportError, TypeError) as error:
        hint = "The settings and their defaults are the fields of progress.conf.Conf."
        return [Error(f"PROGRESS is not right: {error}", hint, id="progress.E001")]
    return []


def middleware(**_: Any) -> Iterable[CheckMessage]:
    """W001: without the middleware nobody who is not signed in has sessions of their own."""
    wanted = "progress.access.BrowserMiddleware"
    if own_settings():
        return []  # said already
    if wanted in settings.MIDDLEWARE or "progress.access.from_browser" not in conf().authenticators:
        return []
    hint = (
        f'Append "{wanted}" to MIDDLEWARE, or leave "progress.access.from_browser" out of '
        'PROGRESS["authenticators"] if only users who signed in may follow progress.'
    )
    return [Warning("Anonymous browsers cannot be told apart", hint, id="progress.W001")]


def database(**_: Any) -> Iterable[CheckMessage]:
    """E002, E003, W002: what the log is stored in."""
    connection = connections["default"]
    if connection.vendor not in ALLOCATE:
        hint = "Use PostgreSQL or SQLite (3.35 or newer) for the default database."
        yield Error(f"progress cannot number events on {connection.vendor}", hint,
                    id="progress.E002")  # fmt: skip
    if not settings.USE_TZ:
        yield Error("Events are stored in UTC", "Set USE_TZ = True.", id="progress.E003")
    if connection.vendor == "sqlite" and not waits_in_line(connection.settings_dict["OPTIONS"]):
        hint = (
            'Set DATABASES["default"]["OPTIONS"] = {"init_command": "PRAGMA journal_mode=WAL; '
            'PRAGMA synchronous=NORMAL;", "transaction_mode": "IMMEDIATE", "timeout": 20}.'
        )
        yield Warning("Readers and writers of SQLite block each other", hint, id="progress.W002")


def waits_in_line(options: dict[str, Any]) -> bool:
    """WAL lets readers read while somebody writes; IMMEDIATE lets writers queue, not fail."""
    wal = "journal_mode=wal" in str(options.get("init_command", "")).replace(" ", "").lower()
    return wal and str(options.get("transaction_mode", "")).upper() == "IMMEDIATE"


def routing(**_: Any) -> Iterable[CheckMessage]:
    """E004, W009: the log has a connection of its own to the default database."""
    if {router.db_for_read(Event), router.db_for_write(Event)} != {"default"}:
        hint = (
            'Let your routers return "default" for the app label "progress"; a replica that lags '
            "behind would look like a log that was set back."
        )
        yield Error("The log is not in the default database", hint, id="progress.E004")
    if connections["default"].settings_dict["ATOMIC_REQUESTS"]:
        hint = (
            "A session or run that is not committed yet does not exist for the log, and on SQLite "
            "both wait for each other. Decorate views that begin runs with "
            "django.db.transaction.non_atomic_requests, and silence progress.W009."
        )
        yield Warning("Views that begin runs must not be transactions", hint, id="progress.W009")


def layer(**_: Any) -> Iterable[CheckMessage]:
    """W003, W004: how processes hear of each other's events."""
    name = getattr(settings, "CHANNEL_LAYERS", {}).get("default", {}).get("BACKEND")
    if name in (None, IN_MEMORY) and has_several_processes():
        hint = f'Set CHANNEL_LAYERS["default"] to "{PUBSUB}" with your Redis or Valkey server.'
        yield Warning("Events of other processes are found by looking every second or two only",
                      hint, id="progress.W003")  # fmt: skip
    if name == LOSSY:
        hint = f'Use "{PUBSUB}": one message for each batch, and no queue of 100 that drops.'
        yield Warning("This channel layer drops hints under load", hint, id="progress.W004")


def has_several_processes() -> bool:
    return tasks_backend() == CELERY or connections["default"].vendor == "postgresql"


def tasks_backend() -> str:
    found = getattr(settings, "TASKS", None) or {}
    return str(found.get("default", {}).get("BACKEND", ""))


def tasks(**_: Any) -> Iterable[CheckMessage]:
    """W005: where `queue_run` sends runs."""
    backend = tasks_backend()
    if backend and not backend.endswith(("ImmediateBackend", "DummyBackend")):
        return
    hint = (
        f'Set TASKS = {{"default": {{"BACKEND": "{IN_PROCESS}", "QUEUES": []}}}}, or "{CELERY}" '
        "with workers. Without queue_run() nothing is needed: silence progress.W005."
    )
    yield Warning("queue_run() would work inside the request, or not at all", hint,
                  id="progress.W005")  # fmt: skip


def doors(**_: Any) -> Iterable[CheckMessage]:
    """W006, W007: whether anybody can follow."""
    if not getattr(settings, "ASGI_APPLICATION", None):
        hint = "Set ASGI_APPLICATION; docs/adopt.md has an asgi.py."
        yield Warning("Without ASGI there is no WebSocket, and a stream holds a thread", hint,
                      id="progress.W006")  # fmt: skip
    try:
        resolve("/api/progress/x")
    except Resolver404:
        hint = 'Add path("", include("progress.urls")) to the root URLconf.'
        yield Warning("The streams have no address", hint, id="progress.W007")


def log_element(**_: Any) -> Iterable[CheckMessage]:
    """W008: what `{% live_log %}` needs."""
    try:
        get_template("progress/log.html")
    except (TemplateDoesNotExist, ImproperlyConfigured):
        hint = 'Set "APP_DIRS": True for the Django templates in TEMPLATES.'
        yield Warning("The log element's template is not found", hint, id="progress.W008")
    if "django.contrib.staticfiles" not in settings.INSTALLED_APPS:
        hint = 'Add "django.contrib.staticfiles" to INSTALLED_APPS.'
        yield Warning("The log element's script and style are not served", hint,
                      id="progress.W008")  # fmt: skip
