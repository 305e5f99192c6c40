"""Limits: how often, and how much at once."""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from websockets.sync.client import ClientConnection, connect

from analysis import limits
from analysis.errors import TooManyRequests
from deploy.site import Web


@pytest.fixture(scope="module")
def strict_site(start_site: Callable[..., Web]) -> Web:
    return start_site(THROTTLE_OWNER="5", THROTTLE_ADDRESS="60", MAX_BODY_BYTES="20000")


@pytest.fixture
def strict(strict_site: Web) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=strict_site.url) as client:
        yield client


def test_an_owner_beyond_the_limit_is_told_when_to_come_back(strict: httpx.Client) -> None:
    assert strict.post("/api/sessions", json={}).status_code == 201
    answers = [strict.get("/api/sessions") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 24
    assert refused.json()["code"] == "throttled"


def test_another_owner_is_not_held_up(strict_site: Web) -> None:
    with httpx.Client(base_url=strict_site.url) as other:
        assert other.post("/api/sessions", json={}).status_code == 201


def test_a_body_within_the_limit_is_taken(strict_site: Web) -> None:
    with httpx.Client(base_url=strict_site.url) as client:
        body = {"sql": "SELECT 1 -- " + "x" * 15_000}
        assert client.post("/api/execute", json=body).status_code == 202


def test_a_form_beyond_the_limit_is_refused_in_words(strict: httpx.Client) -> None:
    page = strict.get("/")
    form = {"question": "beta of GE", "csrfmiddlewaretoken": page.cookies["csrftoken"]}
    answers = [strict.post("/", data=form) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 6 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 12
    assert "Too many requests" in answers[-1].text


def test_a_socket_beyond_the_limit_is_told_when_to_come_back(
    strict: httpx.Client, strict_site: Web
) -> None:
    session = strict.post("/api/sessions", json={}).json()["id"]
    cookie = {"Cookie": f"progress_browser={strict.cookies['progress_browser']}"}
    address = f"ws{strict_site.url[4:]}/ws/progress/{session}"
    with connect(address, additional_headers=cookie) as socket:
        assert '"ready"' in str(socket.recv(10))
        for number in range(6):
            socket.send(json.dumps({"type": "analyze", "id": number, "question": "beta of GE"}))
        replies = list(replies_of(socket, 6))
    assert [reply["ok"] for reply in replies] == [True] * 4 + [False] * 2
    assert replies[-1]["error"]["code"] == "throttled"


def replies_of(socket: ClientConnection, number: int) -> Iterator[dict[str, Any]]:
    while number:
        frame = json.loads(socket.recv(10))
        if frame["type"] == "reply":
            number -= 1
            yield frame


def test_an_address_that_tries_tokens_is_held_up(strict_site: Web) -> None:
    def attempt(number: int) -> int:
        headers = {"Authorization": f"Bearer {number:08}.guess"}
        return httpx.get(f"{strict_site.url}/api/sessions", headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(attempt, range(80)))
    assert set(found) == {401, 429}


def test_a_bucket_fills_and_runs_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("analysis.limits.time.monotonic", lambda: now[0])
    cache.clear()
    for _ in range(60):
        limits.pour("test", 60)
    with pytest.raises(TooManyRequests, match="try again in 1 s"):
        limits.pour("test", 60)
    now[0] += 2.0
    limits.pour("test", 60)
    limits.pour("test", 60)
    with pytest.raises(TooManyRequests):
        limits.pour("test", 60)


# -- Size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/analyze", "/", "/api/progress/x", "/api/webhooks"])
def test_a_large_body_is_refused_before_it_is_kept(api_site: Web, path: str) -> None:
    answer = httpx.post(api_site.url + path, content=b" " * 3_000_000)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "too_large"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_a_large_body_without_a_length_is_refused_as_well(api_site: Web) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(60):
            yield b" " * 50_000

    answer = httpx.post(
        f"{api_site.url}/api/analyze",
        content=pieces(),
        headers={"Content-Type": "application/json", "X-Request-ID": "huge"},
    )
    assert (answer.status_code, answer.json()["request_id"]) == (413, "huge")


def test_a_body_that_never_ends_is_cut_off(api_site: Web) -> None:
    host, port = api_site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 20) as endless:
        endless.sendall(
            b"POST /api/analyze HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"
        )
        sent = 0
        with pytest.raises(OSError):
            while sent < 200_000_000:
                sent += endless.send(b" " * 1_000_000)
    assert sent < 100_000_000
