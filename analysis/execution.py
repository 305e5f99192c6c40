"""Runs a plan on the market data: blocking, cancellable from another thread, with progress."""

from __future__ import annotations

import datetime as dt
import math
import threading
from typing import Any

import duckdb

from analysis.errors import QueryCancelled, QueryFailed
from analysis.market import Market
from analysis.planner import Plan
from analysis.result import Result
from analysis.sql_literals import rendered

INTERRUPT_EVERY = 0.01  # seconds
INTERRUPTS = 50


class Execution:
    """One run of one plan. `run` blocks; `cancel` and `share` may be called from any thread."""

    def __init__(self, plan: Plan, market: Market) -> None:
        self.plan = plan
        self.market = market
        self._cancelled = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._cursor: duckdb.DuckDBPyConnection | None = None

    def run(self) -> Result:
        """Raises `QueryCancelled`, `QueryFailed`, `MarketDataMissing` or `MarketDataBroken`."""
        data_through = self.market.facts().last_date
        if not self.plan.sql:
            return Result(self.plan.columns, self.plan.rows, "", self.plan.script, data_through)
        self._cursor = self.market.cursor()
        self._cursor.execute(
            "SET enable_progress_bar = true; SET enable_progress_bar_print = false"
        )
        rows = self._fetch(self.plan.sql)
        members, left_out = self._coverage()
        return Result(
            columns=self.plan.columns,
            rows=rows,
            sql=rendered(self.plan.sql, self.plan.params),
            script=self.plan.script,
            data_through=data_through,
            left_out=left_out,
            facts=self.plan.facts + members,
            caveats=self.plan.caveats,
            series=self.plan.series,
        )

    def cancel(self) -> None:
        """Takes effect within milliseconds, also before `run`; returns when the query is over.

        An interrupt that comes just before DuckDB starts a query is lost, so it is repeated.
        """
        self._cancelled.set()
        for _ in range(INTERRUPTS):
            if self._cursor is None or self._idle.wait(INTERRUPT_EVERY):
                return
            self._cursor.interrupt()

    def share(self) -> float | None:
        """How much of the query is done, from 0 to 1; None where that is not known."""
        if self._cursor is None:
            return None
        percent = self._cursor.query_progress()
        return min(percent / 100, 1.0) if percent >= 0 else None

    def _fetch(self, sql: str) -> tuple[tuple[Any, ...], ...]:
        assert self._cursor is not None
        self._idle.clear()
        try:
            self._stop_if_cancelled()
            rows = self._cursor.execute(sql, self.plan.bound(sql)).fetchall()
            self._stop_if_cancelled()
        except duckdb.InterruptException:
            raise QueryCancelled() from None
        except duckdb.Error as error:
            raise QueryFailed() from error
        finally:
            self._idle.set()
        return tuple(tuple(_clean(value) for value in row) for row in rows)

    def _coverage(self) -> tuple[tuple[tuple[str, Any], ...], tuple[str, ...]]:
        if self.plan.coverage is None:
            return (), ()
        rows = self._fetch(self.plan.coverage)
        covered = sum(1 for _, is_covered in rows if is_covered)
        return (("members", covered),), tuple(t for t, is_covered in rows if not is_covered)

    def _stop_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise QueryCancelled()


def _clean(value: Any) -> Any:
    """JSON has no NaN and no infinity; a date that comes as a timestamp is a date here."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return value
