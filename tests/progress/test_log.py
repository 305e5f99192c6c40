"""The log in the database."""

import uuid

import pytest
from django.db import transaction

from progress import log, service
from progress.conf import conf
from progress.errors import SessionNotFound
from progress.events import draft
from progress.models import Event

pytestmark = pytest.mark.stack


def append(session, *messages: str, **fields) -> list[bytes]:
    with transaction.atomic():
        stored, _ = log.append([draft(session.id, text, **fields) for text in messages])
    return [event for piece in stored for event in piece.events]


def test_what_is_read_is_byte_for_byte_what_was_published(session):
    data = {"share": 0.1, "text": "ä\u2028€", "list": [1, None, True], "nested": {"b": 1, "a": 2}}
    published = append(session, "Zürich ☂", step=1, total_steps=2, elapsed_ms=12.25, level="error")
    published += append(session, "with data", data=data)
    page = log.read_page(session.id, 0, 10)
    if log.connection.vendor == "postgresql":  # jsonb keeps values, not the order of keys
        assert log.as_objects(page.events) == log.as_objects(published)
        assert page.events[0] == published[0]
    else:
        assert page.events == published
    rows = [log.encode_row(event) for event in Event.objects.filter(session=session)]
    assert log.as_objects(rows) == log.as_objects(published)


def test_a_page_starts_behind_its_cursor_and_has_a_limit(session):
    append(session, *map(str, range(20)))
    page = log.read_page(session.id, 5, 10)
    assert (page.first, len(page.events), page.start, page.head) == (6, 10, 1, 20)


def test_a_page_of_large_events_ends_early_but_never_empty(session, configure):
    configure(page_bytes=1_000)
    assert conf().page_bytes == 1_000
    append(session, *["x" * 600] * 5)
    assert len(log.read_page(session.id, 0, 100).events) == 2
    append(session, "x" * 5_000)
    assert len(log.read_page(session.id, 5, 100).events) == 1


def test_a_session_that_does_not_exist_has_no_page(db):
    for read in (lambda: log.read_page(uuid.uuid4(), 0, 1), lambda: log.read_bounds(uuid.uuid4())):
        with pytest.raises(SessionNotFound):
            read()


def test_events_of_several_sessions_are_numbered_each_on_its_own(session, viewer):
    other = service.create_session(viewer)
    drafts = [draft((session, other)[n % 2].id, f"{n}") for n in range(6)]
    with transaction.atomic():
        stored, _ = log.append(drafts)
    assert {(piece.session, piece.first, piece.last) for piece in stored} == {
        (session.id, 1, 3), (other.id, 1, 3),
    }  # fmt: skip
    heads = log.read_heads([session.id, other.id])
    assert heads == {session.id: (1, 3), other.id: (1, 3)}


def test_a_rollback_leaves_no_hole(session):
    class Undo(Exception):
        pass

    append(session, "one")
    with pytest.raises(Undo), transaction.atomic():
        log.append([draft(session.id, "never")])
        raise Undo
    append(session, "two")
    assert list(session.events.values_list("seq", "message")) == [(1, "one"), (2, "two")]


def found(seq: int) -> tuple:
    """A row as the database gives it."""
    return (seq, None, "log", "info", "x", None, None, None, None, 0)


def test_a_log_that_was_trimmed_during_a_read_begins_with_what_was_found():
    page = log.page_of(uuid.uuid4(), (1, 9), 2, [found(5), found(6)])
    assert (page.start, page.first, page.head) == (5, 5, 9)


def test_an_event_that_came_during_a_read_is_not_beyond_its_head():
    assert log.page_of(uuid.uuid4(), (1, 4), 3, [found(4), found(5)]).head == 5
