"""Front ends of other sites: allowed by name, with tokens, never with cookies."""

from collections.abc import Callable

import httpx
import pytest

from deploy.site import Web

FRIEND = "https://friend.example"
PATHS = ("/api/market", "/api/sessions", "/api/progress/{}", "/api/progress/{}/events")


@pytest.fixture(scope="module")
def friendly(start_site: Callable[..., Web]) -> Web:
    return start_site(CORS_ALLOWED_ORIGINS=FRIEND)


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_of_a_friend_is_answered_on_every_door(friendly: Web, path: str) -> None:
    answer = httpx.options(
        friendly.url + path.format("7b0c2ad2-6b0e-4d3c-8c52-0b8f3f2d5a10"),
        headers={
            "Origin": FRIEND,
            "Access-Control-Request-Method": "DELETE",
            "Access-Control-Request-Headers": "authorization, idempotency-key, last-event-id",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == FRIEND
    allowed = answer.headers["access-control-allow-headers"]
    assert {"authorization", "idempotency-key", "last-event-id"} <= set(allowed.split(", "))
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://friend.example"])
def test_anybody_else_may_not_read(friendly: Web, path: str, origin: str) -> None:
    path = path.format("7b0c2ad2-6b0e-4d3c-8c52-0b8f3f2d5a10")
    for method in ("GET", "OPTIONS"):
        headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        answer = httpx.request(method, friendly.url + path, headers=headers)
        assert "access-control-allow-origin" not in answer.headers


def test_a_friend_asks_and_follows_with_a_token(friendly: Web) -> None:
    made = httpx.post(f"{friendly.url}/api/tokens", json={"name": "front end"}).json()
    headers = {"Origin": FRIEND, "Authorization": f"Bearer {made['token']}"}
    with httpx.Client(base_url=friendly.url, headers=headers, timeout=30) as client:
        asked = client.post("/api/analyze", json={"question": "beta of GE"})
        assert asked.headers["access-control-allow-origin"] == FRIEND
        assert "location" in asked.headers["access-control-expose-headers"]
        followed = client.get(asked.json()["links"]["stream"])
        assert followed.headers["access-control-allow-origin"] == FRIEND
        assert "origin" in followed.headers["vary"].lower()
        assert "event: end" in followed.text
