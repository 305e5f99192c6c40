"""The process in which SQL of strangers runs; started by `sandbox`, never imported by it.

It is a file of its own that imports nothing of the product, because it starts with an empty
environment. It reads one JSON request from its input and answers with JSON lines:
`{"ready": true}` when its clock starts, `{"progress": 0.4}` while it works, then
`{"columns", "rows", "truncated"}` or `{"error", "message"}`.

What stops whom: a read-only database file stops `WITH x AS (DELETE ...)`; no external access stops
files, ATTACH, COPY, INSTALL; a locked configuration stops SET. Memory that DuckDB does not count
(levenshtein, lpad, big lists) and time that it does not check are stopped by the kernel's limits,
and by `sandbox`, which kills this process.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import decimal
import json
import math
import os
import resource
import signal
import sys
import threading
from typing import Any

import duckdb

CONFIG: dict[str, Any] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "threads": "2",
    "temp_directory": "",  # nothing is spilled to disk
}
PROGRESS_EVERY = 0.1  # seconds
CHUNK = 256  # rows fetched at once
PR_SET_PDEATHSIG = 1


class Rejected(Exception):
    """Not exactly one SELECT."""


def main() -> None:
    die_with_parent()
    request = json.loads(sys.stdin.buffer.read())
    try:
        answer = run(request)
    except Rejected as error:
        answer = {"error": "rejected", "message": str(error)}
    except (duckdb.OutOfMemoryException, MemoryError):
        answer = {"error": "memory", "message": ""}
    except duckdb.InterruptException:
        answer = {"error": "timeout", "message": ""}
    except (duckdb.Error, RuntimeError, UnicodeError) as error:
        answer = {"error": "failed", "message": told(str(error))}
    say(answer, os.path.dirname(request["file"]))


def told(message: str) -> str:
    """DuckDB's own words, but no traceback of this process."""
    if "pytz" in message:
        return "Timestamps with a time zone cannot be shown; cast them to TIMESTAMP or VARCHAR."
    return message.split("Traceback", 1)[0].strip()


def die_with_parent() -> None:
    """A killed server leaves no query behind. Linux only; elsewhere the alarm does it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(request: dict[str, Any]) -> dict[str, Any]:
    connection = connect(request)
    limit_process(request["seconds"], request["memory"])
    say({"ready": True})
    statement = only_select(connection, request["sql"])
    stop = threading.Event()
    watcher = threading.Thread(target=report_progress, args=(connection, stop), daemon=True)
    watcher.start()
    try:
        connection.execute(statement)
        return read_rows(connection, request["max_rows"], request["max_bytes"])
    finally:
        stop.set()
        watcher.join()


def connect(request: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """Read-only, with a configuration that nothing can change afterwards."""
    config = {**CONFIG, "memory_limit": f"{request['memory'] * 3 // 4}B"}
    connection = duckdb.connect(request["file"], read_only=True, config=config)
    connection.execute(f"SET GLOBAL max_execution_time = {request['seconds'] * 1000:.0f}")
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    connection.execute("SET GLOBAL lock_configuration = true")
    return connection


def limit_process(seconds: float, memory: int) -> None:
    """The kernel's limits, set after DuckDB is up: `memory` bytes on top of what it needs then."""
    with contextlib.suppress(FileNotFoundError), open("/proc/self/statm", encoding="ascii") as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
        set_limit(resource.RLIMIT_AS, mapped + memory)
    set_limit(resource.RLIMIT_CPU, math.ceil(seconds * int(CONFIG["threads"])) + 1)
    set_limit(resource.RLIMIT_FSIZE, 0)
    set_limit(resource.RLIMIT_CORE, 0)
    signal.alarm(math.ceil(seconds) + 2)


def set_limit(kind: int, value: int) -> None:
    resource.setrlimit(kind, (value, value))


def only_select(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The one statement of the text. Raises `Rejected` for none, several, or another kind."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise Rejected(f"Exactly one SELECT statement is allowed, not {len(statements)}.")
    kind = statements[0].type
    if kind != duckdb.StatementType.SELECT:
        raise Rejected(f"Only SELECT is allowed, not {str(kind).rsplit('.', 1)[-1]}.")
    return statements[0]


def report_progress(connection: duckdb.DuckDBPyConnection, stop: threading.Event) -> None:
    while not stop.wait(PROGRESS_EVERY):
        percent = connection.query_progress()
        if percent >= 0:
            say({"progress": min(percent / 100, 1.0)})


def read_rows(
    connection: duckdb.DuckDBPyConnection, max_rows: int, max_bytes: int
) -> dict[str, Any]:
    """Rows until there are too many, or too many bytes of JSON; columns as (name, type)."""
    columns = [[item[0], str(item[1])[:100]] for item in connection.description or ()]
    answer: dict[str, Any] = {"columns": columns, "rows": [], "truncated": False}
    used = len(json.dumps(columns))
    if used > max_bytes:
        raise Rejected("The result has too many columns.")
    while chunk := connection.fetchmany(min(CHUNK, max_rows + 1)):
        for row in chunk:
            values = [plain(value) for value in row]
            used += len(json.dumps(values)) + 2
            if len(answer["rows"]) == max_rows or used > max_bytes:
                answer["truncated"] = True
                return answer
            answer["rows"].append(values)
    return answer


def plain(value: Any) -> Any:
    """What JSON can say: no NaN, no infinity, dates in ISO 8601, bytes in hexadecimal."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return without_nul(value)
    if isinstance(value, float | decimal.Decimal):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {without_nul(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)


def without_nul(text: str) -> str:
    """PostgreSQL stores no NUL, neither as text nor in JSON."""
    return text.replace("\0", "\ufffd")


SAYING = threading.Lock()


def say(message: dict[str, Any], hidden: str = "") -> None:
    """One line of JSON, without the folder that the database lies in, which DuckDB may name."""
    text = json.dumps(message, allow_nan=False)
    if len(hidden) > 1:
        text = text.replace(json.dumps(hidden)[1:-1] + "/", "")
    line = text.encode() + b"\n"
    with SAYING:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
