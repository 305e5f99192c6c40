import json
import logging

import pytest
import structlog
from redis.exceptions import RedisError

from analysis_site import logs
from progress.dispatch.inprocess import enqueued
from progress.dispatch.pool import current_task
from tests.dispatch import toys


@pytest.fixture
def formatter() -> logging.Formatter:
    options = logs.configuration("INFO", "json")["formatters"]["line"]
    made: logging.Formatter = options.pop("()")(**options)
    return made


def line(formatter: logging.Formatter, **extra: object) -> dict:
    record = logging.LogRecord("somewhere", logging.INFO, "", 1, "hello", None, None)
    record.__dict__.update(extra)
    parsed: dict = json.loads(formatter.format(record))
    return parsed


def test_a_line_within_a_task_names_its_run(formatter: logging.Formatter) -> None:
    token = current_task.set(enqueued(toys.wait_at_gate, ["run-7"], {}, "default"))
    try:
        assert line(formatter)["run"] == "run-7"
    finally:
        current_task.reset(token)


def test_a_line_within_a_request_names_the_request(formatter: logging.Formatter) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        written = line(formatter)
    assert (written["request_id"], written["message"], written["level"]) == ("r1", "hello", "info")


def test_objects_that_libraries_attach_stay_out_of_the_line(formatter: logging.Formatter) -> None:
    assert "request" not in line(formatter, request=object())


@pytest.mark.parametrize("error", [RedisError("away"), ConnectionRefusedError("away")])
def test_a_server_that_is_away_is_one_line(error: Exception) -> None:
    record = logging.LogRecord(
        "x", logging.ERROR, "", 1, "in %s", ("it",), (type(error), error, None)
    )
    assert logs.Brief().filter(record)
    assert record.getMessage() == f"in it: {error!r}" and record.exc_info is None


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    fault = (ValueError, ValueError("ours"), None)
    record = logging.LogRecord("x", logging.ERROR, "", 1, "in it", None, fault)
    assert logs.Brief().filter(record)
    assert record.exc_info == fault
