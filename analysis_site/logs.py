"""Logs on standard error: readable lines, or one JSON object a line with LOG_FORMAT=json.

Every line carries what `structlog.contextvars` was told about: the request id (request_id.py) and
the id of the run that is being worked on.
"""

import logging
from typing import Any

import structlog
from redis.exceptions import RedisError

from analysis_site.log_safety import harmless
from progress.dispatch.pool import current_task


def add_run(logger: Any, method: str, line: dict[str, Any]) -> dict[str, Any]:
    """The id of the run that is being worked on: the first argument of its task."""
    task = current_task.get()
    if task is not None and task.args:
        line.setdefault("run", task.args[0])
    return line


class Brief(logging.Filter):
    """A server that is away is a line, and not a traceback, each time that somebody tries it."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, OSError | RedisError):
            record.msg, record.args = "%s: %r", (record.getMessage(), error)
            record.exc_info = None
        return True


PROCESSORS: list[Any] = [
    harmless,
    add_run,
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(allow=["run", "session", "task", "request_id"]),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configuration(level: str, layout: str) -> dict[str, Any]:
    """The LOGGING setting for a level name and a layout, `console` or `json`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": PROCESSORS,
                "processors": _renderers(layout),
            }
        },
        "filters": {"brief": {"()": Brief}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Each request is logged once, by the server that answered it.
            "django.channels.server": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "uvicorn.error": {"level": "WARNING"},
            "channels_redis.pubsub": {"filters": ["brief"]},
            # Each task is logged by those who enqueue and perform it, with its run.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            # `ask` writes to people.
            "httpx": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
        },
    }


def _renderers(layout: str) -> list[Any]:
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if layout == "json":
        return [
            clean,
            structlog.processors.dict_tracebacks,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(),
        ]
    return [
        clean,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
