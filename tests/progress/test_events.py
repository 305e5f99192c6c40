"""What an event may be, and its one wire form."""

import dataclasses
import datetime as dt
import uuid

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.errors import EventRejected
from progress.events import MAX_DATA, MAX_MESSAGE, draft, encode, rfc3339

SESSION = uuid.uuid4()


def wire(message: str = "Hello", **fields: object) -> dict:
    return orjson.loads(encode(draft(SESSION, message, **fields), 7))  # type: ignore[arg-type]


def test_an_event_has_the_same_twelve_fields_in_the_documented_order():
    run = uuid.uuid4()
    event = wire(run=run, step=2, total_steps=5, elapsed_ms=1.5, level="warning", data={"a": [1]})
    assert list(event) == [
        "session", "seq", "run", "kind", "level", "message", "step", "total_steps", "elapsed_ms",
        "data", "created_at",
    ]  # fmt: skip
    assert event["session"] == str(SESSION) and event["seq"] == 7 and event["run"] == str(run)
    assert event["data"] == {"a": [1]} and event["step"] == 2


def test_times_are_utc_with_six_digits_so_that_texts_sort_like_times():
    assert rfc3339(1_700_000_000_000_001) == "2023-11-14T22:13:20.000001Z"
    assert rfc3339(1_700_000_000_000_000) == "2023-11-14T22:13:20.000000Z"
    parsed = dt.datetime.fromisoformat(wire()["created_at"])
    assert abs(parsed - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "other"},
        {"level": "debug"},
        {"data": object()},
        {"data": "x" * (MAX_DATA + 1)},
        {"data": 2**70},
        {"step": -1},
        {"step": 40_000},
        {"step": True},
        {"total_steps": 2.5},
        {"elapsed_ms": float("nan")},
        {"elapsed_ms": "soon"},
        {"run": "not-a-run"},
        {"run": 5},
    ],
)
def test_what_the_database_would_refuse_is_refused_where_it_is_emitted(fields):
    with pytest.raises(EventRejected):
        draft(SESSION, "Hello", **fields)


def test_a_message_has_a_limit_and_must_be_text():
    draft(SESSION, "x" * MAX_MESSAGE)
    with pytest.raises(EventRejected):
        draft(SESSION, "x" * (MAX_MESSAGE + 1))
    with pytest.raises(EventRejected):
        draft(SESSION, b"bytes")  # type: ignore[arg-type]


@given(st.text(st.characters(categories=None), max_size=50))
def test_any_text_becomes_a_message_that_every_database_can_store(text):
    message = wire(text)["message"]
    assert "\0" not in message
    message.encode("utf-8")  # no lone surrogates
    assert len(message) == len(text)


def test_nul_characters_anywhere_in_data_are_replaced():
    @dataclasses.dataclass
    class Row:
        name: str

    data = {"a\0b": ["x\0y", Row("z\0"), {"k": "\\u0000"}]}
    found = wire(data=data)["data"]
    assert found == {"a\ufffdb": ["x\ufffdy", {"name": "z\ufffd"}, {"k": "\\u0000"}]}


def test_a_run_may_be_given_as_text():
    run = uuid.uuid4()
    assert draft(SESSION, "x", run=str(run)).run == run
