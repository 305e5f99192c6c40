"""The site's AsyncAPI document against what its own page says and hears."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import yaml
from websockets.asyncio.client import connect

from deploy.site import Web
from progress.client import AsyncClient
from progress.client.transports import identity
from tests.progress.test_asyncapi import Checker


@pytest.fixture
def checker(live_site: Web) -> Checker:
    return Checker(httpx.get(f"{live_site.url}/api/asyncapi").json())


def test_it_is_served_as_yaml_too(live_site, checker):
    shown = httpx.get(f"{live_site.url}/api/asyncapi", params={"format": "yaml"})
    assert yaml.safe_load(shown.text) == checker.document


async def test_a_question_over_the_socket_is_as_documented(live_site, checker):
    async with AsyncClient(live_site.url) as client:
        session = (await client.create_session())["id"]
        url = live_site.url.replace("http", "ws", 1) + f"/ws/progress/{session}"
        async with connect(
            url, additional_headers=identity(client.http.build_request("GET", "/"))
        ) as socket:
            question = {"type": "analyze", "id": "q1", "question": "Max drawdown of GE"}
            await hear(socket, checker, "live")
            for frame in (question, {**question, "id": "q2", "question": "?"}):
                checker.check("client-analyze", frame)
                await socket.send(json.dumps(frame))
                reply = await hear(socket, checker, "reply")
                assert reply["id"] == frame["id"]
                assert len(reply["analysis"]["request_id"]) == 32
            await hear(socket, checker, "events", "succeeded")
    assert {"client-analyze", "server-reply", "server-events"} <= checker.seen


async def hear(socket: Any, checker: Checker, kind: str, word: str = "") -> dict[str, Any]:
    """Check every frame up to the first of this kind that contains the word."""
    while True:
        text = await socket.recv()
        frame = json.loads(text)
        more = ("analysis", "state") if frame["type"] == "reply" else ()
        checker.check(f"server-{frame['type']}", frame, more)
        if frame["type"] == kind and word in text:
            return dict(frame)
