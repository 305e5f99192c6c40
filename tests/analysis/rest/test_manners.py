"""What every address does alike: errors in one shape, methods, ids, waiting, freshness."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.test import Client as InProcess
from django.utils import timezone
from rest_framework.request import Request

from analysis import service
from analysis.rest.pages import page
from analysis_site import problems
from progress.service import Session

Client = Callable[..., httpx.Client]
Asked = tuple[httpx.Client, dict[str, Any]]
FIELDS = {"type", "title", "status", "detail", "code", "errors", "request_id"}


def is_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem, checked to be a whole one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert set(told) == FIELDS
    assert told["status"] == status
    assert told["request_id"] == answer.headers["x-request-id"]
    return told


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/analyses/not-an-id",
        f"/api/analyses/{uuid.uuid4()}",
        f"/api/analyses/{uuid.uuid4()}/nothing",
        f"/api/analyses/{uuid.uuid4()}/chart.svg",
        "/api/sessions/1",
        f"/api/sessions/{uuid.uuid4()}",
        "/api/progress/1",
        f"/api/progress/{uuid.uuid4()}",
        "/api/progress/1/events",
        f"/api/analyses?session={uuid.uuid4()}",
        f"/api/analyses?before={uuid.uuid4()}",
        f"/api/tokens/{'a' * 8}",
        "/api/%00",
        "/api/tokens/%F0%9F%98%80",
    ],
)
def test_what_is_not_there_is_a_problem(program: httpx.Client, path: str) -> None:
    is_problem(program.get(path), 404)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/analyses?session=x", "session"),
        ("/api/analyses?before=x", "before"),
        ("/api/analyses?limit=0", "limit"),
        ("/api/analyses?limit=-1", "limit"),
        ("/api/analyses?limit=101", "limit"),
        ("/api/analyses?limit=ten", "limit"),
        ("/api/sessions?limit=٣", "limit"),
        ("/api/sessions?before=", "before"),
        ("/api/analyses/{id}/chart.svg?theme=pink", "theme"),
        ("/api/progress/{session}/events?limit=0", "limit"),
        ("/api/progress/{session}/events?limit=1001", "limit"),
        ("/api/progress/{session}/events?after=-1", "after"),
        ("/api/progress/{session}/events?after=1.5", "after"),
        ("/api/progress/{session}/events?after=99999999999999999999", "after"),
        ("/api/progress/{session}/events?wait=61", "wait"),
        ("/api/progress/{session}/events?wait=x", "wait"),
        ("/api/progress/{session}/events?level=loud", "level"),
        ("/api/progress/{session}/events?kind=log,noise", "kind"),
        ("/api/progress/{session}/events?step=x", "step"),
        ("/api/progress/{session}/events?run=x", "run"),
        ("/api/progress/{session}/events?format=xml", "format"),
        ("/api/progress/{session}?after=x", "after"),
        ("/api/progress/{session}?run=x", "run"),
        ("/api/schema?format=toml", "format"),
    ],
)
def test_a_bad_parameter_is_named(asked: Asked, path: str, field: str) -> None:
    client, analysis = asked
    path = path.replace("{session}", analysis["session"]).replace("{id}", analysis["id"])
    told = is_problem(client.get(path), 400)
    assert told["errors"][0]["field"] == field


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "\xb2", "9" * 5_000, "9" * 20])
def test_a_bad_last_event_id_is_named(asked: Asked, cursor: str) -> None:
    client, analysis = asked
    headers = {b"Last-Event-ID": cursor.encode("latin-1")}
    answer = client.get(analysis["links"]["stream"], headers=headers)
    assert is_problem(answer, 400)["errors"][0]["field"] == "Last-Event-ID"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": 5}, "question"),
        ({"question": None}, "question"),
        ({"question": []}, "question"),
        ({"question": {}}, "question"),
        ({"question": True}, "question"),
        ({"question": ""}, "question"),
        ({"question": " \t\n"}, "question"),
        ({"question": "x" * 10_000}, "question"),
        ({"question": "a\0b"}, "question"),
        ({"question": "x", "session": 5}, "session"),
        ({"question": "x", "session": "x"}, "session"),
        ({"question": "x", "assumptions": "window"}, "assumptions"),
        ({"question": "x", "assumptions": {"window": 3}}, "assumptions.window"),
        ({"question": "x", "assumptions": {"window": "x" * 201}}, "assumptions.window"),
        ({"question": "x", "assumptions": {"win\0dow": "2020"}}, "assumptions"),
        ({"question": "x", "assumptions": {"w" * 61: "2020"}}, "assumptions"),
        ({"question": "x", "assumptions": {str(n): "x" for n in range(21)}}, "assumptions"),
        ({"question": "x", "refresh": "yes"}, "refresh"),
        ({"question": "x", "refresh": 1}, "refresh"),
        ([], ""),
        ("question", ""),
        (5, ""),
    ],
)
def test_a_bad_question_is_named_and_dispatches_nothing(
    new_client: Client, body: Any, field: str
) -> None:
    client = new_client()
    told = is_problem(client.post("/api/analyze", json=body), 400)
    assert told["errors"][0]["field"] == field
    assert client.get("/api/analyses").json()["analyses"] == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"question": "x"',
        b"question=x",
        b'{"question": NaN}',
        b'{"question": "\\ud800"}',
        b'{"question": "\xff"}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"\x00",
    ],
)
def test_what_is_not_json_is_refused(program: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    is_problem(program.post("/api/analyze", content=body, headers=headers), 400)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_another_kind_of_body_is_unsupported(
    program: httpx.Client, headers: dict[str, str]
) -> None:
    answer = program.post("/api/analyze", content=b'{"question": "x"}', headers=headers)
    assert "application/json" in is_problem(answer, 415)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/analyze", {"POST"}),
        ("PUT", "/api/sessions", {"GET", "POST"}),
        ("DELETE", "/api/analyses", {"GET"}),
        ("POST", "/api/progress/{session}", {"GET", "DELETE"}),
        ("PUT", "/api/progress/{session}/events", {"GET"}),
    ],
)
def test_another_method_says_which_there_are(
    asked: Asked, method: str, path: str, allowed: set[str]
) -> None:
    client, analysis = asked
    answer = client.request(method, path.replace("{session}", analysis["session"]))
    is_problem(answer, 405)
    assert set(re.split(r",\s*", answer.headers["allow"])) - {"OPTIONS", "HEAD"} == allowed


@pytest.mark.parametrize(
    "path",
    [
        "/api/sessions",
        "/api/market",
        "/api/schema",
        "/api/progress/{session}",
        "/api/progress/{session}/events",
    ],
)
def test_head_is_get_without_a_body(asked: Asked, path: str) -> None:
    client, analysis = asked
    answer = client.head(path.replace("{session}", analysis["session"]))
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["/api/sessions", "/api/progress/{session}/events"])
def test_options_say_which_methods_there_are(asked: Asked, path: str) -> None:
    client, analysis = asked
    answer = client.options(path.replace("{session}", analysis["session"]))
    assert answer.is_success
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/analyze", {"question": "beta of GE"}),
        ("/api/search", {"query": "ge"}),
        ("/api/execute", {"sql": "SELECT 1"}),
    ],
)
def test_a_request_id_goes_through_to_the_analysis(
    program: httpx.Client, path: str, body: dict[str, str]
) -> None:
    answer = program.post(path, json=body, headers={"X-Request-ID": "trace-7"})
    assert answer.headers["x-request-id"] == "trace-7"
    assert program.get(answer.headers["location"]).json()["request_id"] == "trace-7"


def test_waiting_answers_with_the_result_if_it_is_there_in_time(program: httpx.Client) -> None:
    body = {"question": "What stocks have highest volatility?"}
    now = program.post("/api/analyze", json=body)
    assert (now.status_code, now.json()["status"]) == (202, "queued")
    done = program.post("/api/analyze", json=body, headers={"Prefer": "respond-async, wait=20"})
    assert (done.status_code, done.json()["status"]) == (200, "succeeded")
    assert done.headers["preference-applied"] == "wait=20"
    assert done.headers["location"] == done.json()["links"]["self"]
    assert done.headers["cache-control"] == now.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("prefer", ["WAIT=20", 'wait="20"', "return=minimal,wait = 20; x=y"])
def test_waiting_is_asked_for_as_the_standard_has_it(program: httpx.Client, prefer: str) -> None:
    answer = program.post("/api/search", json={"query": "ge"}, headers={"Prefer": prefer})
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "wait=20")


@pytest.mark.parametrize("prefer", ["wait=x", "wait=-1", "wait", "", "x-wait=20", "wait=2.5"])
def test_a_preference_that_makes_no_sense_is_ignored(program: httpx.Client, prefer: str) -> None:
    answer = program.post("/api/search", json={"query": "ge"}, headers={"Prefer": prefer})
    assert answer.status_code == 202


def test_lists_go_page_by_page_and_show_each_once(new_client: Client) -> None:
    client = new_client()
    session = client.post("/api/sessions", json={"title": "pages"}).json()["id"]
    for number in range(5):
        body = {"sql": f"SELECT {number}", "session": session}
        assert client.post("/api/execute", json=body).status_code == 202
    seen, address = [], f"/api/analyses?session={session}&limit=2"
    while address:
        page = client.get(address).json()
        seen += [analysis["question"] for analysis in page["analyses"]]
        address = page["next"]
    assert seen == [f"SELECT {number}" for number in (4, 3, 2, 1, 0)]


def test_sessions_go_page_by_page(new_client: Client) -> None:
    client = new_client()
    for number in range(3):
        client.post("/api/sessions", json={"title": str(number)})
    first = client.get("/api/sessions?limit=2").json()
    rest = client.get(first["next"]).json()
    assert [s["title"] for s in first["sessions"] + rest["sessions"]] == ["2", "1", "0"]
    assert rest["next"] is None


@pytest.mark.django_db
def test_rows_of_one_moment_do_not_fall_between_two_pages(rf: Any) -> None:
    at = timezone.now()
    for _ in range(5):
        Session.objects.create(created_at=at)
    Session.objects.update(created_at=at)
    seen: list[Session] = []
    address: str | None = "/?limit=2"
    while address:
        asked = Request(rf.get(address))
        found = page(
            asked, Session.objects.all(), "created_at", lambda id: Session.objects.get(pk=id)
        )
        seen, address = seen + found[0], found[1]
    assert len(seen) == len(set(seen)) == 5


# -- Freshness -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/chart.svg", "/chart.svg?theme=dark", "/chart.png"])
def test_what_cannot_change_is_confirmed(asked: Asked, path: str) -> None:
    client, analysis = asked
    first = client.get(analysis["links"]["self"] + path)
    assert first.status_code == 200
    assert {"private", "no-cache"} == set(first.headers["cache-control"].split(", "))
    for etag in (first.headers["etag"], f"W/{first.headers['etag']}", "*"):
        again = client.get(analysis["links"]["self"] + path, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    other = client.get(analysis["links"]["self"] + path, headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


def test_the_two_themes_of_a_chart_have_two_tags(asked: Asked) -> None:
    client, analysis = asked
    tags = {
        client.get(f"{analysis['links']['self']}/chart.svg?theme={theme}").headers["etag"]
        for theme in ("light", "dark")
    }
    assert len(tags) == 2


def test_the_market_is_confirmed_until_prices_are_loaded(new_client: Client) -> None:
    first = new_client().get("/api/market")
    known = {"If-None-Match": first.headers["etag"]}
    assert new_client().get("/api/market", headers=known).status_code == 304
    assert "public" in first.headers["cache-control"]


def test_what_belongs_to_somebody_is_not_kept_by_proxies(asked: Asked) -> None:
    client, _ = asked
    answer = client.get("/api/sessions")
    assert "no-store" in answer.headers["cache-control"]
    assert {"Authorization", "Cookie"} <= set(answer.headers["vary"].split(", "))


# -- Failures of ours, in one process ------------------------------------------------------------


@pytest.mark.django_db
def test_a_failure_is_a_problem_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(service, "market", fail)
    answer = InProcess(raise_request_exception=False).get("/api/market")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert set(told) == FIELDS
    assert told["request_id"] == answer.headers["x-request-id"]
    assert "swordfish" not in answer.content.decode()


@pytest.mark.parametrize("handler", ["bad_request", "forbidden", "not_found"])
@pytest.mark.parametrize(
    ("path", "kind"), [("/api/x", problems.CONTENT_TYPE), ("/x", "text/html; charset=utf-8")]
)
def test_pages_get_pages_and_programs_get_problems(
    rf: Any, handler: str, path: str, kind: str
) -> None:
    answer = getattr(problems, handler)(rf.get(path), Exception("x"))
    assert answer.headers["content-type"] == kind
