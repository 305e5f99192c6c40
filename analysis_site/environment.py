"""The environment, read with readers that stop the start with one line that names the setting.

A bad value ends the process with status 2 and without a traceback: `PORT must be a whole
number from 1 to 65535, not 'abc'`. Secrets are never repeated in that line.
"""

import contextlib
import os
import re
import secrets
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import dj_database_url
from environs import Env, EnvError

env = Env()


def stop(message: str) -> NoReturn:
    print(f"tickertape: {message}", file=sys.stderr)
    raise SystemExit(2)


def _read(reader: Callable[[], Any], name: str, allowed: str) -> Any:
    try:
        return reader()
    except EnvError:
        stop(f"{name} must be {allowed}, not {env.str(name)!r}")


def text(name: str, default: str = "") -> str:
    return env.str(name, default).strip()


def flag(name: str, default: bool) -> bool:
    return _read(lambda: env.bool(name, default), name, "true or false")


def number(name: str, default: int, low: int, high: int) -> int:
    allowed = f"a whole number from {low} to {high}"
    value = _read(lambda: env.int(name, default), name, allowed)
    if not low <= value <= high:
        stop(f"{name} must be {allowed}, not {value}")
    return value


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        stop(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def names(name: str, default: str) -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def hosts(name: str, default: str) -> list[str]:
    """Names as the Host header has them; .example.org stands for all below it, * for any."""
    values = names(name, default)
    for value in values:
        if "/" in value or " " in value:
            stop(f"{name} must be host names such as example.org, not {value!r}")
    return values


def origins(name: str) -> list[str]:
    """Origins as browsers send them, such as https://example.org."""
    values = names(name, "")
    for value in values:
        if not re.fullmatch(r"https?://[^/\s]+", value):
            stop(f"{name} must be origins such as https://example.org, not {value!r}")
    return values


def web_address(name: str) -> str:
    value = text(name)
    if value and urlsplit(value).scheme not in ("http", "https"):
        stop(f"{name} must be an address such as https://example.org, not {value!r}")
    return value


def directory(name: str, default: Path) -> Path:
    """A directory that is created where it is missing; it must be writable."""
    path = Path(text(name) or default).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(f"{name} must be a directory that can be written: {path}: {error.strerror}")
    return path


def redis_url(name: str) -> str:
    """The address of a Redis or Valkey server, or "" when everything runs in one process."""
    value = text(name)
    if value and not _is_redis(value):
        stop(f"{name} must be redis://host:port/db, rediss://… or unix://…, not {_masked(value)!r}")
    return value


def _is_redis(value: str) -> bool:
    parts = _parts(value)
    if parts is None:
        return False
    located = parts.path if parts.scheme == "unix" else parts.hostname
    return parts.scheme in ("redis", "rediss", "unix") and bool(located)


def redis_host(url: str) -> dict[str, Any]:
    """What redis-py needs to listen for hints, which may be silent for hours."""
    # With protocol 3 redis-py makes a text of each message, for a line of its debug log.
    host: dict[str, Any] = {"address": url, "protocol": 2}
    if not url.startswith("unix:"):
        host |= {"socket_keepalive": True, "socket_keepalive_options": _found_out_by_tcp()}
    return host


def _found_out_by_tcp() -> dict[int, int]:
    """A machine that has vanished says nothing at all: known after 25 s, as with PostgreSQL."""
    wanted = {
        "TCP_KEEPIDLE": 10,
        "TCP_KEEPINTVL": 5,
        "TCP_KEEPCNT": 3,
        "TCP_USER_TIMEOUT": 25_000,
    }
    known = {name: getattr(socket, name, None) for name in wanted}  # not every system has them all
    return {option: wanted[name] for name, option in known.items() if option is not None}


def database(name: str, default: Path) -> dict[str, Any]:
    """Django's settings of one database, SQLite in WAL mode or PostgreSQL."""
    value = text(name) or f"sqlite:///{default}"
    parts = _parts(value)
    if parts is None or parts.scheme not in ("sqlite", "postgres", "postgresql"):
        allowed = "sqlite:///path or postgresql://user:password@host:port/name"
        stop(f"{name} must be {allowed}, not {_masked(value)!r}")
    settings = dict(dj_database_url.parse(value, conn_health_checks=True))
    return _sqlite(settings) if parts.scheme == "sqlite" else _postgresql(settings)


def _parts(value: str) -> Any:
    """The parts of an address, or None where it is not one (such as a port that is a word)."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _masked(value: str) -> str:
    """The address without the password that it may carry."""
    before, at, after = value.rpartition("@")
    scheme, separator, _ = before.partition("://")
    return f"{scheme}{separator}***{at}{after}" if at else value


def _sqlite(settings: dict[str, Any]) -> dict[str, Any]:
    """Readers never wait in WAL mode; IMMEDIATE lets writers queue instead of failing half-way.

    The writer touches a page of the index for each live session; the usual cache of 2 MB holds too
    few of them, 16 MB (a negative number counts KiB) all.
    """
    settings["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA cache_size=-16384;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
    return settings


def _postgresql(settings: dict[str, Any]) -> dict[str, Any]:
    """A pool: a request's thread ends with its request and would take its connection along."""
    size = number("DATABASE_POOL_SIZE", 20, 4, 1_000)
    settings["OPTIONS"] = {
        # A transaction that somebody forgot would keep its locks for ever; nobody here thinks for
        # a minute inside one.
        "options": "-c idle_in_transaction_session_timeout=60000",
        **settings.get("OPTIONS", {}),
        # A server that does not answer is given up on in seconds, not minutes, and is found again
        # within seconds: left alone the pool's pauses between two tries grow to two minutes.
        "connect_timeout": 5,
        # One whose machine has vanished says nothing at all: TCP finds out, not after two hours.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 25_000,
        "pool": {"min_size": 1, "max_size": size, "timeout": 4, "reconnect_timeout": 5},
    }
    return settings


def secret(name: str, file: Path) -> str:
    """The value, or one that is made at the first start and kept in `file` for its owner only."""
    value = text(name)
    if value:
        return value
    if not file.exists():
        try:
            _keep(secrets.token_urlsafe(50), file)
        except OSError as error:
            stop(f"{name} must be set, or {file} must be writable: {error.strerror}")
    return file.read_text().strip()


def _keep(value: str, file: Path) -> None:
    """Writes for the owner only, and links into place: of two first starts at once one wins."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent) as new:
        new.write(value)
        new.flush()
        with contextlib.suppress(FileExistsError):
            os.link(new.name, file)
