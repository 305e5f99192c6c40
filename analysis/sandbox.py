"""Runs SQL that somebody typed: read-only, in a process that is limited and can be killed.

`sandbox_child` says what stops which attack. From here the process gets a wall clock, a cap on
what it may answer, and an empty environment.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.errors import (
    AnalysisError,
    MarketDataMissing,
    SqlCancelled,
    SqlFailed,
    SqlRejected,
    SqlTooLong,
    SqlTooMuchMemory,
)
from analysis.metrics import metric
from analysis.result import Column

START_UP = 15  # seconds for the process to come up on a busy machine
GRACE = 0.5  # seconds past the limit in which the process may still report it itself
MEGABYTE = 1024 * 1024
MEMORY = 768 * MEGABYTE  # ranking 5,000 tickers by drawdown over 30 years takes 700
_UNREADABLE = re.compile("[\\x00\\ud800-\\udfff]")
CHILD = Path(__file__).with_name("sandbox_child.py")
KINDS = {
    "date": ("date", "date"),
    "integer": ("integer", "integer"),
    "number": ("number", "ratio"),
    "boolean": ("boolean", "text"),
    "string": ("string", "text"),
}

OnProgress = Callable[[float], None]


@dataclasses.dataclass(frozen=True, slots=True)
class SqlResult:
    """`rows` hold JSON types, dates as ISO strings. `truncated`: a cap cut further rows off."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """What one statement may use; rows and bytes of its answer are cut off, the rest ends it."""

    max_rows: int = 1000
    max_bytes: int = 1_000_000
    seconds: float = 10
    memory: int = MEMORY


class SqlRun:
    """One statement in its own process. `run` blocks; `cancel` may be called from any thread."""

    def __init__(
        self,
        market_file: Path,
        sql: str,
        limits: Limits | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        self.market_file = Path(market_file)
        self.sql = sql
        self.limits = limits or Limits()
        self.on_progress = on_progress
        self._cancelled = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._deadline = 0.0

    def run(self) -> SqlResult:
        """Raises `SqlRejected`, `SqlFailed`, `SqlTooLong`, `SqlTooMuchMemory`, `SqlCancelled`
        or `MarketDataMissing`."""
        self._check()
        with self._start() as process:
            try:
                answer = self._listen(process)
            finally:
                process.kill()
        if self._cancelled.is_set():
            raise SqlCancelled()
        return self._result(answer, process.returncode)

    def cancel(self) -> None:
        """Kills the process; `run` raises `SqlCancelled`."""
        self._cancelled.set()
        if self._process is not None:
            self._process.kill()

    def _check(self) -> None:
        if not self.sql.strip():
            raise SqlRejected("There is no SQL.")
        if not self.sql.isprintable() and _UNREADABLE.search(self.sql):
            raise SqlRejected("The SQL holds characters that are not text.")
        if not self.market_file.exists():
            raise MarketDataMissing()

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            # Isolated: neither the environment nor the working directory adds to the path.
            [sys.executable, "-I", "-B", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        if self._cancelled.is_set():
            self._process.kill()
        return self._process

    def _listen(self, process: subprocess.Popen[bytes]) -> dict[str, Any] | None:
        """The last message; None where the process died without one.

        Raises `SqlTooLong` at the deadline, and `SqlFailed` where it says more than it may.
        """
        self._ask(process)
        assert process.stdout is not None
        received = bytearray()
        self._deadline = time.monotonic() + START_UP
        most = 2 * self.limits.max_bytes + MEGABYTE
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                if not selector.select(max(self._deadline - time.monotonic(), 0)):
                    raise SqlTooLong()
                chunk = os.read(process.stdout.fileno(), 65536)
                if not chunk:
                    return None
                received += chunk
                if len(received) > most:
                    raise SqlFailed("The result is too large.")
                answer = self._messages(received)
                if answer is not None:
                    return answer

    def _ask(self, process: subprocess.Popen[bytes]) -> None:
        request = {"file": str(self.market_file.absolute()), "sql": self.sql}
        request |= dataclasses.asdict(self.limits)
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request).encode())
            process.stdin.close()
        except BrokenPipeError:
            pass  # it died already; reading will find out

    def _messages(self, received: bytearray) -> dict[str, Any] | None:
        """Takes whole lines out of what was received; the clock starts when it is ready."""
        while (end := received.find(b"\n")) >= 0:
            message: dict[str, Any] = json.loads(received[:end])
            del received[: end + 1]
            if "ready" in message:
                self._deadline = time.monotonic() + self.limits.seconds + GRACE
            elif "progress" not in message:
                return message
            elif self.on_progress is not None:
                self.on_progress(message["progress"])
        return None

    def _result(self, answer: dict[str, Any] | None, code: int) -> SqlResult:
        if answer is None:
            raise _died(code)
        if "error" in answer:
            raise self._error(answer["error"], answer["message"])
        return SqlResult(
            columns=tuple(_column(name, kind) for name, kind in answer["columns"]),
            rows=tuple(tuple(row) for row in answer["rows"]),
            truncated=answer["truncated"],
        )

    def _error(self, kind: str, message: str) -> AnalysisError:
        if kind == "memory" or "Out of Memory" in message or "bad_alloc" in message:
            return SqlTooMuchMemory()
        if kind == "timeout" or "max_execution_time" in message:
            return SqlTooLong()
        if kind == "rejected":
            return SqlRejected(message)
        return SqlFailed(message)


def _died(code: int) -> AnalysisError:
    """What a process that said nothing died of."""
    if -code in (signal.SIGXCPU, signal.SIGALRM):
        return SqlTooLong()
    if -code in (signal.SIGABRT, signal.SIGKILL, signal.SIGBUS):
        return SqlTooMuchMemory()
    return SqlFailed("The SQL could not be computed; it may be nested too deeply.")


def _column(name: str, kind: str) -> Column:
    """A canonical metric keeps its format; anything else is shown by its type."""
    column = Column(name, *KINDS[_simple(kind.upper())])
    if column.type != "number":
        return column
    try:
        return dataclasses.replace(column, format=metric(name).format)
    except KeyError:
        return column


def _simple(kind: str) -> str:
    if kind.startswith(("DOUBLE", "FLOAT", "DECIMAL", "REAL")):
        return "number"
    if kind.endswith(("INT", "INTEGER")) and "[" not in kind:
        return "integer"
    if kind in ("DATE", "BOOLEAN"):
        return kind.lower()
    return "string"
