"""What an event is: its kinds, its limits and its one wire form."""

from __future__ import annotations

import datetime as dt
import math
import time
import uuid
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from .errors import EventRejected, ProgressError, SessionNotFound

KINDS = ("log", "step", "state", "progress", "ask", "answer", "result")
LEVELS = ("info", "success", "warning", "error")

MAX_MESSAGE = 131_072  # characters
MAX_DATA = 262_144  # bytes of JSON
MAX_STEP = 32_767


class Draft(NamedTuple):
    """An event that has not been numbered yet. `data` is JSON text, `created` microseconds."""

    session: uuid.UUID
    run: uuid.UUID | None
    kind: str
    level: str
    message: str
    step: int | None
    total_steps: int | None
    elapsed_ms: float | None
    data: bytes | None
    created: int


# A job names its session in every call, and to parse the text costs more than to draft the event.
parsed = lru_cache(maxsize=4_096)(uuid.UUID)


def session_of(value: uuid.UUID | str) -> uuid.UUID:
    """Accept both forms of a session's id. Raises SessionNotFound for anything else."""
    return id_of(value, SessionNotFound)


def id_of(value: uuid.UUID | str, unknown: type[ProgressError]) -> uuid.UUID:
    """Accept both forms of an id. Raises `unknown` for anything else."""
    try:
        return value if isinstance(value, uuid.UUID) else parsed(value)
    except (ValueError, AttributeError, TypeError):
        raise unknown from None


def draft(
    session: uuid.UUID,
    message: str,
    *,
    run: uuid.UUID | str | None = None,
    kind: str = "log",
    level: str = "info",
    step: int | None = None,
    total_steps: int | None = None,
    elapsed_ms: float | None = None,
    data: Any = None,
) -> Draft:
    """Check everything here, where the caller sees the error: no batch fails for one event."""
    if kind not in KINDS or level not in LEVELS:
        raise EventRejected(f"unknown kind {kind!r} or level {level!r}")
    if step is not None or total_steps is not None:
        check_steps(step, total_steps)
    if elapsed_ms is not None:
        elapsed_ms = checked_duration(elapsed_ms)
    return Draft(
        session,
        run if run is None or isinstance(run, uuid.UUID) else checked_run(run),
        kind,
        level,
        clean_message(message),
        step,
        total_steps,
        elapsed_ms,
        None if data is None else encode_data(data),
        time.time_ns() // 1000,
    )


def check_steps(*steps: int | None) -> None:
    for step in steps:
        if step is not None and not (type(step) is int and 0 <= step <= MAX_STEP):
            raise EventRejected(f"a step is a whole number from 0 to {MAX_STEP}, not {step!r}")


def checked_duration(elapsed_ms: float) -> float:
    try:
        number = float(elapsed_ms)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise EventRejected(f"elapsed_ms is a number of milliseconds, not {elapsed_ms!r}")
    return number


def checked_run(run: str) -> uuid.UUID:
    try:
        return uuid.UUID(run)
    except (ValueError, AttributeError, TypeError):
        raise EventRejected(f"not the id of a run: {run!r}") from None


def clean_message(message: str) -> str:
    """PostgreSQL text holds neither NUL nor lone surrogates; both become U+FFFD or '?'."""
    if not isinstance(message, str):
        raise EventRejected(f"message must be text, not {type(message).__name__}")
    if len(message) > MAX_MESSAGE:
        raise EventRejected(f"message has {len(message)} characters; the limit is {MAX_MESSAGE}")
    if "\0" in message:
        message = message.replace("\0", "\ufffd")
    return message if message.isascii() else message.encode("utf-8", "replace").decode()


def encode_data(data: Any) -> bytes:
    """JSON text of `data`; NUL inside strings is replaced because jsonb refuses it."""
    try:
        encoded = orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError) as error:
        raise EventRejected(f"data is not JSON: {error}") from error
    if len(encoded) > MAX_DATA:
        raise EventRejected(f"data has {len(encoded)} bytes of JSON; the limit is {MAX_DATA}")
    if b"\\u0000" in encoded:
        return orjson.dumps(without_nul(orjson.loads(encoded)))
    return encoded


def without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {without_nul(key): without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nul(item) for item in value]
    return value


def encode(event: Draft, seq: int, created_at: str | None = None) -> bytes:
    """The event as JSON, the same bytes for every door; `created_at` is its time, if formatted."""
    return orjson.dumps(
        {
            "session": event.session,
            "seq": seq,
            "run": event.run,
            "kind": event.kind,
            "level": event.level,
            "message": event.message,
            "step": event.step,
            "total_steps": event.total_steps,
            "elapsed_ms": event.elapsed_ms,
            "data": None if event.data is None else orjson.Fragment(event.data),
            "created_at": created_at or rfc3339(event.created),
        }
    )


def rfc3339(microseconds: int) -> str:
    """Always six digits of a second, so that texts compare and columns align."""
    global _last_second
    seconds, micro = divmod(microseconds, 1_000_000)
    known, text = _last_second
    if known != seconds:
        # Formatting a date costs more than the rest of the encoding; neighbours share a second.
        text = dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
        _last_second = (seconds, text)
    return "%s.%06dZ" % (text, micro)  # noqa: UP031 - the fastest of the forms


_last_second: tuple[int, str] = (0, "1970-01-01T00:00:00")
