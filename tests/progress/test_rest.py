"""The page of events, its filters, its long poll and its exports."""

from __future__ import annotations

import asyncio
import csv
import io
import threading
import time

import orjson
import pytest

from progress import exports, rest, service
from progress.conf import conf
from progress.limits import Place, viewers_by_door
from progress.models import Event, Session
from progress.service import in_thread
from progress.threads import pool
from tests.progress.house import House

pytestmark = pytest.mark.stack


@pytest.fixture
async def reported(session: Session) -> Session:
    await service.progress_info(session.id, "Reading the file", step=1, total_steps=2)
    await service.progress_warning(session.id, "=cmd|' /C calc'!A0", step=1, total_steps=2)
    await service.progress_error(session.id, "100 % of it_is broken", step=2, data={"a": [1]})
    await service.progress_success(session.id, "Done", step=2)
    assert await in_thread(service.drain, 10)
    return session


async def page(house: House, session: Session, query: str = "") -> dict:
    response = await house.http.get(f"/api/progress/{session.id}/events{query}")
    assert response.status_code == 200, response.text
    return response.json()


def numbers(found: dict) -> list[int]:
    return [event["seq"] for event in found["events"]]


async def test_a_page_names_the_bounds_of_the_log_and_the_address_of_the_next(house, reported):
    first = await page(house, reported, "?limit=3")
    assert (first["session"], first["head"], first["first"]) == (str(reported.id), 4, 1)
    assert numbers(first) == [1, 2, 3]
    second = (await house.http.get(first["next"])).json()
    assert numbers(second) == [4] and second["next"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?level=warning,error", [2, 3]),
        ("?kind=log", [1, 2, 3, 4]),
        ("?kind=step", []),
        ("?step=2", [3, 4]),
        ("?step=0", []),
        ("?step=32767", []),
        ("?kind=,log,&q=%00done", [4]),
        ("?q=FILE", [1]),
        ("?q=100 %25", [3]),
        ("?q=t_i", [3]),
        ("?q=_", [3]),
        ("?after=2&level=success", [4]),
    ],
)
async def test_filters_choose_events(house, reported, query, expected):
    assert numbers(await page(house, reported, query)) == expected


async def test_a_filtered_page_goes_on_where_it_stopped(house, reported):
    first = await page(house, reported, "?step=1&limit=1")
    second = (await house.http.get(first["next"])).json()
    assert numbers(first) + numbers(second) == [1, 2]


@pytest.mark.parametrize(
    "query",
    ["?level=loud", "?kind=x", "?limit=0", "?limit=9999", "?after=-1", "?wait=100", "?format=xml",
     "?run=x", "?step=-2", "?step=32768", "?limit=1e9", "?after=9223372036854775808",
     "?after=%D9%A3", "?after=1_0", "?limit=%2B1", "?level=info;warning"],
)  # fmt: skip
async def test_bad_parameters_are_named(house, reported, query):
    response = await house.http.get(f"/api/progress/{reported.id}/events{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == query[1:].split("=")[0]


async def test_a_long_poll_answers_as_soon_as_there_is_news(house, reported):
    waiting = asyncio.create_task(page(house, reported, "?after=4&wait=20"))
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    await service.progress_info(reported.id, "News")
    assert numbers(await asyncio.wait_for(waiting, 3)) == [5]


async def test_a_long_poll_with_a_filter_sleeps_through_what_does_not_fit(house, reported):
    waiting = asyncio.create_task(page(house, reported, "?after=4&wait=20&level=error"))
    await service.progress_info(reported.id, "Not this")
    await in_thread(service.drain, 10)
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    await service.progress_error(reported.id, "But this")
    assert numbers(await asyncio.wait_for(waiting, 3)) == [6]


async def test_a_long_poll_that_heard_nothing_answers_empty(house, reported):
    started = time.monotonic()
    found = await page(house, reported, "?after=4&wait=1")
    assert numbers(found) == [] and found["head"] == 4
    assert 0.9 < time.monotonic() - started < 3


@pytest.mark.parametrize("after", [2, 9, 2**63 - 1])
async def test_a_long_poll_hears_at_once_that_its_cursor_is_outside_the_log(house, reported, after):
    await house.http.delete(f"/api/progress/{reported.id}")
    found = await asyncio.wait_for(page(house, reported, f"?after={after}&wait=20"), 3)
    assert (found["first"], found["head"], found["events"]) == (5, 4, [])


async def test_a_cleared_log_wakes_a_long_poll(house, reported):
    waiting = asyncio.create_task(page(house, reported, "?after=4&wait=20"))
    await asyncio.sleep(0.1)
    await house.http.delete(f"/api/progress/{reported.id}")
    found = await asyncio.wait_for(waiting, 3)
    assert (found["first"], found["head"], found["events"]) == (5, 4, [])


async def test_an_export_has_every_event_in_the_wire_form(house, reported):
    expected = (await page(house, reported))["events"]
    response = await house.http.get(f"/api/progress/{reported.id}/events?format=ndjson")
    assert [orjson.loads(line) for line in response.text.splitlines()] == expected
    assert "attachment" in response.headers["content-disposition"]


async def test_a_json_export_is_one_page_with_every_event_in_it(house, reported):
    exported = await house.http.get(f"/api/progress/{reported.id}/events?format=json")
    assert "attachment" in exported.headers["content-disposition"]
    assert exported.json() == await page(house, reported)
    one = await page(house, reported, "?format=json&limit=1")
    assert numbers(one) == [1] and one["next"] is not None


async def test_a_filtered_page_ends_by_its_size_too(house, session, configure):
    configure(page_bytes=10_000)
    for _ in range(5):
        await service.progress_info(session.id, "x" * 6_000)
    await in_thread(service.drain, 10)
    seen, query = [], f"/api/progress/{session.id}/events?level=info&limit=1000"
    while query:
        found = (await house.http.get(query)).json()
        seen.append(numbers(found))
        query = found["next"]
    assert seen == [[1, 2], [3, 4], [5]]
    exported = await house.http.get(f"/api/progress/{session.id}/events?format=json")
    assert numbers(exported.json()) == [1, 2, 3, 4, 5]


async def test_an_export_ends_at_the_head_that_it_names(house, reported):
    reported.last_seq = 2  # as it was when the download began
    parts = exports.response(reported, Event.objects.filter(session=reported).order_by("seq"),
                             "json", Place(house.viewer, "export"))  # fmt: skip
    found = orjson.loads(b"".join([part async for part in parts]))
    assert (found["head"], numbers(found)) == (2, [1, 2])


async def test_a_download_counts_as_a_stream_and_gives_its_place_back(house, reported, configure):
    configure(streams_per_owner=1)
    url = f"/api/progress/{reported.id}/events?format=csv"
    with Place(house.viewer, "sse"):
        refused = await house.http.get(url)
    assert refused.status_code == 429 and refused.headers["retry-after"]
    for method in ("HEAD", "GET", "GET"):
        assert (await house.http.request(method, url)).status_code == 200
    assert viewers_by_door()["export"] == 0


async def test_a_csv_export_is_harmless_in_a_spreadsheet(house, reported):
    response = await house.http.get(f"/api/progress/{reported.id}/events?format=csv&step=1")
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [row["seq"] for row in rows] == ["1", "2"]
    assert rows[1]["message"].startswith("'=cmd")


async def test_answers_are_never_kept_by_a_cache(house, reported):
    response = await house.http.get(f"/api/progress/{reported.id}/events")
    assert response.headers["cache-control"] == "no-store"


async def test_a_cleared_log_has_no_next_page_to_ask_for_for_ever(house, reported):
    assert (await house.http.delete(f"/api/progress/{reported.id}")).status_code == 204
    page = (await house.http.get(f"/api/progress/{reported.id}/events")).json()
    assert (page["events"], page["next"], page["first"]) == ([], None, page["head"] + 1)


async def test_whoever_looks_through_a_long_log_takes_no_thread_of_those_that_catch_up(
    reported: Session,
):
    gate = threading.Event()
    taken = [pool("reader").submit(gate.wait, 60) for _ in range(conf().readers)]
    try:
        async with asyncio.timeout(30):
            found = await rest.look(reported.id, {"message__icontains": "done"}, 0, 10)
            [piece] = [piece async for piece in exports.pieces(reported.events.order_by("seq"))]
    finally:
        gate.set()
    assert all(thread.result(30) for thread in taken)
    assert (len(found["events"]), len(piece)) == (1, 4)
