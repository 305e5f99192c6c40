"""The log in the database: append a batch, read a page. All raw SQL of `progress` is here.

The ORM owns the tables; these two paths run thousands of times a second, where building model
instances would cost several times what the database itself costs.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.utils.dateparse import parse_datetime

from .conf import conf
from .errors import SessionNotFound
from .events import Draft, encode, rfc3339
from .models import Event, Session

# Takes n numbers for each session of the batch in one statement. The rows stay locked until the
# commit, so commits are in the order of the numbers and a rollback leaves no hole. PostgreSQL
# locks in the order of ids first, or two writers could wait for each other.
ALLOCATE = {
    "sqlite": """
        WITH wanted(id, n) AS (VALUES {values})
        UPDATE progress_session SET last_seq = last_seq + wanted.n FROM wanted
        WHERE progress_session.id = wanted.id
        RETURNING progress_session.id, progress_session.last_seq, ''""",
    "postgresql": """
        WITH wanted(id, n) AS (VALUES {values}),
        locked AS (SELECT s.id, wanted.n FROM progress_session s JOIN wanted ON s.id = wanted.id
                   ORDER BY s.id FOR UPDATE OF s)
        UPDATE progress_session SET last_seq = last_seq + locked.n FROM locked
        WHERE progress_session.id = locked.id
        RETURNING progress_session.id, progress_session.last_seq, pg_current_xact_id()::text""",
}
VALUES = {"sqlite": "(%s, %s)", "postgresql": "(%s::uuid, %s::bigint)"}

COLUMNS = """session_id, seq, run_id, kind, level, message, step, total_steps,
             elapsed_ms, data, created_at"""
# SQLite takes many rows in one statement: each statement lets go of the interpreter's lock and then
# queues for it, and one row a statement costs a fifth more. The sizes are few, to stay prepared.
# The empty text stands for NULL: to bind None, sqlite3 looks for an adapter each time.
WIDTH = len(COLUMNS.split(","))
ROW = "(?, ?, nullif(?, ''), ?, ?, ?" + ", nullif(?, '')" * 4 + ", ?)"
INSERTS = {
    size * WIDTH: f"INSERT INTO progress_event ({COLUMNS}) VALUES {', '.join([ROW] * size)}"
    for size in (64, 8, 1)
}
# PostgreSQL: a fourth of what rows cost one by one (benchmarks/inserts.py), and the same for one.
COPY = f"COPY progress_event ({COLUMNS}) FROM STDIN"

# A page ends by its number of events or by their size, so that it fits into memory whatever is in
# it; at least one event is always there.
PAGE = """
    SELECT seq, run_id, kind, level, message, step, total_steps, elapsed_ms, {data}, {created}
    FROM (SELECT found.*, sum(length(message) + coalesce(length({data}), 0))
                          OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                          AS before
          FROM (SELECT * FROM progress_event WHERE session_id = %s AND seq > %s
                ORDER BY seq LIMIT %s) AS found) AS counted
    WHERE before IS NULL OR before < %s ORDER BY seq"""
PAGE_TYPED = {
    "sqlite": PAGE.format(data="data", created="created_at"),
    "postgresql": PAGE.format(
        data="data::text", created="(extract(epoch from created_at) * 1000000)::bigint"
    ),
}


class Stored(NamedTuple):
    """Consecutive events of one session as they were stored: JSON texts from `first` on."""

    session: uuid.UUID
    first: int
    events: list[bytes]

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1


class Page(NamedTuple):
    """A piece of the log. `start` is the first event that is still stored, `head` the last."""

    start: int
    head: int
    first: int
    events: list[bytes]


def append(drafts: Sequence[Draft]) -> tuple[list[Stored], str]:
    """Number and insert a batch inside the caller's transaction.

    Returns what was stored, by session, and the transaction's id (PostgreSQL; '' elsewhere).
    Raises SessionNotFound when a session does not exist; nothing may be committed then.
    """
    by_session: dict[uuid.UUID, list[Draft]] = defaultdict(list)
    for event in drafts:
        by_session[event.session].append(event)
    counts = {session: len(events) for session, events in by_session.items()}
    form, insert = FORMS[connection.vendor]
    with connection.cursor() as cursor:
        heads, transaction = allocate(cursor, counts)
        stored: list[Stored] = []
        rows: list[Any] = []
        for session, events in by_session.items():
            first = heads[session] - len(events) + 1
            stored.append(Stored(session, first, form(session, first, events, rows)))
        insert(cursor, rows)
    return stored, transaction


def sqlite_rows(
    session: uuid.UUID, first: int, events: list[Draft], rows: list[Any]
) -> list[bytes]:
    """Add the values of each event, as Django stores them; the events in their wire form."""
    texts, key, run, run_key = [], session.hex, None, ""
    for seq, event in enumerate(events, first):
        at = rfc3339(event.created)
        texts.append(encode(event, seq, at))
        if event.run is not run:  # making its text costs as much as half a row
            run, run_key = event.run, event.run.hex if event.run else ""
        _, _, kind, level, message, step, total, elapsed, data, _ = event
        # SQLite compares times as texts: the form is Django's own, which drops the zone.
        at = f"{at[:10]} {at[11:-1]}"
        rows += (
            key, seq, run_key, kind, level, message,
            "" if step is None else step,
            "" if total is None else total,
            "" if elapsed is None else elapsed,
            "" if data is None else data.decode(),
            at,
        )  # fmt: skip
    return texts


def postgresql_rows(
    session: uuid.UUID, first: int, events: list[Draft], rows: list[Any]
) -> list[bytes]:
    """The same as one tuple for each event, with the types of PostgreSQL."""
    texts = []
    for seq, event in enumerate(events, first):
        at = rfc3339(event.created)
        texts.append(encode(event, seq, at))
        _, run, kind, level, message, step, total, elapsed, data, _ = event
        text = None if data is None else data.decode()
        rows.append((session, seq, run, kind, level, message, step, total, elapsed, text, at))
    return texts


def many_at_once(_: CursorWrapper, values: list[Any]) -> None:
    start = 0
    with connection.wrap_database_errors:
        for width, insert in INSERTS.items():
            while start + width <= len(values):
                connection.connection.execute(insert, values[start : start + width])
                start += width


def by_copy(cursor: CursorWrapper, rows: list[tuple[Any, ...]]) -> None:
    with connection.wrap_database_errors, cursor.cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row)


FORMS = {"sqlite": (sqlite_rows, many_at_once), "postgresql": (postgresql_rows, by_copy)}


def allocate(cursor: CursorWrapper, counts: dict[uuid.UUID, int]) -> tuple[dict[Any, int], str]:
    values = ", ".join([VALUES[connection.vendor]] * len(counts))
    flat = [part for session, n in counts.items() for part in (key(session), n)]
    cursor.execute(ALLOCATE[connection.vendor].format(values=values), flat)
    found = cursor.fetchall()
    if len(found) != len(counts):
        missing = set(counts) - {uuid.UUID(str(session)) for session, *_ in found}
        raise SessionNotFound(f"no such session: {', '.join(map(str, missing))}")
    return {uuid.UUID(str(session)): last for session, last, _ in found}, found[0][2]


def key(session: uuid.UUID) -> Any:
    """How Django stores a UUID: 32 hexadecimal digits on SQLite."""
    return session if connection.features.has_native_uuid_field else session.hex


def committed(transaction: str, stored: Sequence[Stored]) -> bool:
    """Whether a transaction whose COMMIT got no answer took place.

    PostgreSQL remembers the fate of each, but a server that was killed forgets the last numbers it
    gave out and gives them out again, so the log itself has to agree. Raises OperationalError
    while the transaction's backend is still at it: ask again.
    """
    if not transaction:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_xact_status(%s::xid8)", [transaction])
        status = cursor.fetchone()[0]
    if status == "in progress":
        raise OperationalError(f"transaction {transaction} is still in progress")
    return bool(status == "committed") and stands(stored[-1])


def stands(batch: Stored) -> bool:
    """Whether the last event of the batch, and not another's of the same number, is in the log."""
    found = read_page(batch.session, batch.last - 1, 1).events
    return bool(found) and identity(found[0]) == identity(batch.events[-1])


def identity(event: bytes) -> tuple[Any, ...]:
    """All of an event but its data, whose JSON text the database may have rewritten."""
    return tuple(value for name, value in orjson.loads(event).items() if name != "data")


def read_page(session: uuid.UUID, after: int, limit: int) -> Page:
    """Up to `limit` events, or `page_bytes`, after the cursor. Raises SessionNotFound."""
    with connection.cursor() as cursor:
        # The bounds are read first: an event beyond `head` may follow, never a hole before it.
        cursor.execute(
            "SELECT first_seq, last_seq FROM progress_session WHERE id = %s", [key(session)]
        )
        bounds = cursor.fetchone()
        if bounds is None:
            raise SessionNotFound
        wanted = [key(session), after, limit, conf().page_bytes]
        cursor.execute(PAGE_TYPED[connection.vendor], wanted)
        rows = cursor.fetchall()
    return page_of(session, bounds, after, rows)


def page_of(session: uuid.UUID, bounds: tuple[int, int], after: int, rows: list[tuple]) -> Page:
    start, head = bounds
    if not rows:
        return Page(start, head, after + 1, [])
    first = rows[0][0]
    # Cleared or trimmed between the two reads: the hole tells where the log begins now.
    start = first if first > after + 1 else start
    return Page(start, max(head, rows[-1][0]), first, [text_of(session, found) for found in rows])


def text_of(session: uuid.UUID, found: tuple) -> bytes:
    seq, run, kind, level, message, step, total_steps, elapsed_ms, data, created = found
    event = Draft(
        session,
        run and uuid.UUID(str(run)),
        kind,
        level,
        message,
        step,
        total_steps,
        elapsed_ms,
        data and data.encode(),
        created_microseconds(created),
    )
    return encode(event, seq)


def created_microseconds(value: Any) -> int:
    if isinstance(value, int):
        return value
    moment = parse_datetime(f"{value}Z") if isinstance(value, str) else value
    assert moment is not None
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def read_heads(sessions: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """`{session: (first_seq, last_seq)}`, one query for all; the deleted ones are absent."""
    rows = Session.objects.filter(id__in=list(sessions)).values_list("id", "first_seq", "last_seq")
    return {session: (first, last) for session, first, last in rows}


def read_bounds(session: uuid.UUID) -> tuple[int, int]:
    """(first_seq, last_seq). Raises SessionNotFound."""
    bounds = read_heads([session]).get(session)
    if bounds is None:
        raise SessionNotFound
    return bounds


def as_objects(events: Iterable[bytes]) -> list[dict[str, Any]]:
    return [orjson.loads(event) for event in events]


def encode_row(event: Event) -> bytes:
    """An event that the ORM read, in the same wire form."""
    data = None if event.data is None else encode_plain(event.data).encode()
    created = created_microseconds(event.created_at)
    values = (event.session_id, event.run_id, event.kind, event.level, event.message, event.step,
              event.total_steps, event.elapsed_ms, data, created)  # fmt: skip
    return encode(Draft(*values), event.seq)


def encode_plain(value: Any) -> str:
    return orjson.dumps(value).decode()
