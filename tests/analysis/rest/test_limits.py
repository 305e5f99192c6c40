"""Limits: how often, and how much at once."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.core.cache import cache

from analysis.rest.throttles import Bucket
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


def test_an_address_that_tries_tokens_is_held_up(strict_site: Web) -> None:
    def attempt(number: int) -> int:
        headers = {"Authorization": f"Bearer {number:08}.guess"}
        return httpx.get(f"{strict_site.url}/api/sessions", headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(attempt, range(80)))
    assert set(found) == {401, 429}


class Drops(Bucket):
    def caller(self, request: object) -> str:
        return "test"

    def per_minute(self) -> int:
        return 60


def test_a_bucket_fills_and_runs_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("analysis.rest.throttles.time.time", lambda: now[0])
    cache.clear()
    drops = Drops()
    taken = [drops.allow_request(None, None) for _ in range(61)]  # type: ignore[arg-type]
    assert taken == [True] * 60 + [False]
    assert drops.wait() == pytest.approx(1.0)
    now[0] += 2.0
    assert [drops.allow_request(None, None) for _ in range(3)] == [True, True, False]  # type: ignore[arg-type]


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
