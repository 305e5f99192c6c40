"""Compares what is stored, read with plain SQL, with what viewers were shown."""

from dataclasses import dataclass

import psycopg

from tests.faults.viewers import Viewer

RUNS = "SELECT id, state, title FROM progress_run WHERE session_id = %s"
EVENTS = "SELECT seq, message FROM progress_event WHERE session_id = %s ORDER BY id"


@dataclass(frozen=True)
class Session:
    """One session as it is stored."""

    last_seq: int
    events: list[tuple[int, str]]
    runs: list[tuple[str, str, str]]

    @property
    def states(self) -> list[str]:
        return [state for _, state, _ in self.runs]


def stored(database: str, session: str) -> Session:
    with psycopg.connect(database) as connection:
        (last,) = connection.execute(  # type: ignore[misc]
            "SELECT last_seq FROM progress_session WHERE id = %s", [session]
        ).fetchone()
        events = connection.execute(EVENTS, [session]).fetchall()
        runs = connection.execute(RUNS, [session]).fetchall()
    return Session(last, events, [(str(run), *rest) for run, *rest in runs])


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
            assert lines[-number:] == list(range(1, number + 1))


def assert_shown(viewer: Viewer, session: Session) -> None:
    """The viewer was shown exactly what is stored, up to its cursor, and has reached the end."""
    assert viewer.seen == dict(session.events[: viewer.cursor])
    assert viewer.cursor == session.last_seq
