"""One running site for all tests of the interface, and clients of it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from deploy.site import Web


@pytest.fixture(scope="session")
def api_site(start_site: Callable[..., Web]) -> Iterator[Web]:
    """Without throttles, which have a site of their own."""
    site = start_site(THROTTLE_OWNER="0", THROTTLE_ADDRESS="0")
    yield site
    site.stop()


@pytest.fixture(scope="session")
def new_client(api_site: Web) -> Iterator[Callable[..., httpx.Client]]:
    """Makes clients of strangers: each is a browser of its own. `new_client(**headers)`."""
    opened: list[httpx.Client] = []

    def new(**headers: str) -> httpx.Client:
        client = httpx.Client(base_url=api_site.url, headers=headers, timeout=30)
        opened.append(client)
        return client

    yield new
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def token(new_client: Callable[..., httpx.Client]) -> Callable[..., dict[str, Any]]:
    """Makes tokens of a new anonymous owner: `token(scopes=["read"])`."""

    def make(**fields: Any) -> dict[str, Any]:
        made = new_client().post("/api/tokens", json={"name": "test", **fields})
        assert made.status_code == 201, made.text
        return made.json()

    return make


@pytest.fixture
def program(
    new_client: Callable[..., httpx.Client], token: Callable[..., dict[str, Any]]
) -> httpx.Client:
    """A client with a token that may do everything."""
    made = token(scopes=["read", "analyze", "admin"])
    return new_client(Authorization=f"Bearer {made['token']}")


@pytest.fixture(scope="session")
def asked(new_client: Callable[..., httpx.Client]) -> tuple[httpx.Client, dict[str, Any]]:
    """A browser and a finished analysis of it."""
    client = new_client()
    answer = client.post(
        "/api/analyze",
        json={"question": "What stocks have highest volatility?"},
        headers={"Prefer": "wait=20"},
    )
    assert answer.status_code == 200, answer.text
    return client, answer.json()


@pytest.fixture(scope="session")
def credentials(token: Callable[..., dict[str, Any]]) -> dict[str, str]:
    made = token(scopes=["read", "analyze", "admin"])
    return {"Authorization": f"Bearer {made['token']}"}
