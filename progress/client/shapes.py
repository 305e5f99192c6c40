"""What the server sends, for type checkers; docs/api.md describes every field."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

Kind = Literal["log", "step", "state", "progress", "ask", "answer", "result"]
Level = Literal["info", "success", "warning", "error"]

FINAL = frozenset({"succeeded", "unsupported", "failed", "cancelled", "interrupted"})


class Event(TypedDict):
    """One line of a session's log. `created_at` is RFC 3339 in UTC."""

    session: str
    seq: int
    run: str | None
    kind: Kind
    level: Level
    message: str
    step: int | None
    total_steps: int | None
    elapsed_ms: float | None
    data: Any
    created_at: str


class Page(TypedDict):
    """A piece of the log: `first` is the oldest event still stored, `head` the newest."""

    session: str
    head: int
    first: int
    events: list[Event]
    next: str | None


class Choice(TypedDict):
    value: str
    label: str


class Ask(TypedDict):
    """A question of the server; answer it with `answer(analysis, ask["id"], choice=…)`."""

    id: str
    question: str
    choices: list[Choice]
    default: str
    expires_at: str


class Analysis(TypedDict):
    """A question and what became of it; final when `status` is in `FINAL`."""

    id: str
    session: str
    run: str
    question: str
    status: str
    interpretation: dict[str, Any] | None
    answer: str
    note: str | None
    table: dict[str, Any] | None
    chart: dict[str, Any] | None
    sql: str
    data_through: str | None
    follow_ups: list[str]
    cached: bool
    ask: Ask | None
    error: dict[str, Any] | None
    unsupported: dict[str, Any] | None
    step: int | None
    total_steps: int | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    elapsed_ms: float | None
    links: dict[str, str]
