"""Compares what is stored, read with plain SQL, with what viewers were shown."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from tests.faults.viewers import Viewer

LAST = "SELECT last_seq FROM progress_session WHERE id = {session}"
EVENTS = "SELECT seq, message FROM progress_event WHERE session_id = {session} ORDER BY id"
RUNS = "SELECT id, state, title FROM progress_run WHERE session_id = {session}"


@dataclass(frozen=True)
class Session:
    """One session as it is stored."""

    last_seq: int
    events: list[tuple[int, str]]
    runs: list[tuple[str, str, str]]

    @property
    def states(self) -> list[str]:
        return [state for _, state, _ in self.runs]


def stored(env: Mapping[str, str], session: str) -> Session:
    """The session in the database of the processes of this environment."""
    with closing(connected(env)) as connection:
        mark, key = ("%s", session) if "DATABASE_URL" in env else ("?", UUID(session).hex)
        last, events, runs = (
            connection.execute(query.format(session=mark), [key]).fetchall()
            for query in (LAST, EVENTS, RUNS)
        )
    return Session(last[0][0], events, [(str(UUID(str(run))), *rest) for run, *rest in runs])


def connected(env: Mapping[str, str]) -> Any:
    if "DATABASE_URL" in env:
        return psycopg.connect(env["DATABASE_URL"])
    return sqlite3.connect(Path(env["VAR_DIR"]) / "db.sqlite3")


def assert_gapless(session: Session) -> None:
    """No number is missing, double, or out of the order of storing."""
    assert [seq for seq, _ in session.events] == list(range(1, session.last_seq + 1))


def assert_complete(session: Session) -> None:
    """Each finished run ends with all the lines of its last, whole, pass, in order."""
    messages = [message for _, message in session.events]
    for run, state, title in session.runs:
        if state == "succeeded":
            lines = [int(line.split()[1]) for line in messages if line.startswith(run)]
            number = int(title.split()[0])
            last_pass = lines[-number:]
            wrong = [pair for pair in enumerate(last_pass, 1) if pair[0] != pair[1]]
            assert not wrong, (wrong[:3], wrong[-3:], lines[:3], len(lines))


def assert_shown(viewer: Viewer, session: Session) -> None:
    """The viewer was shown exactly what is stored, up to its cursor, and has reached the end."""
    assert viewer.seen == dict(session.events[: viewer.cursor])
    assert viewer.cursor == session.last_seq
