"""The AsyncAPI document against real frames: each is valid, each kind is seen, none is unknown."""

import json
import re
import uuid
from collections.abc import Callable
from typing import Any, cast

import pytest
import yaml
from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.test import AsyncRequestFactory
from jsonschema import Draft202012Validator

from progress import asyncapi, runs, service, socket
from progress.client.transports import parse
from progress.events import KINDS
from progress.frame_schemas import CLIENT, SERVER, SERVER_SENT
from progress.models import Ask, Run
from progress.socket import say_goodbye
from progress.writer import writer
from tests.progress.house import Client, House

DOCUMENT = json.loads(json.dumps(asyncapi.document("Test", "1")))


def closed(schema: Any) -> Any:
    """The schema in which a field that is not documented is an error."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(item) for name, item in schema.items()}
    if found.get("type") == "object" and "required" in found:
        found["additionalProperties"] = False
    return found


class Checker:
    """Validates messages by their name in the document and remembers which it has seen."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.seen: set[str] = set()

    def check(self, name: str, payload: Any, more: tuple[str, ...] = ()) -> None:
        self.seen.add(name)
        root = closed(self.document)
        schema = root["components"]["messages"][name]["payload"]
        for field in more:  # what a command's reply has besides
            schema["properties"][field] = {}
        wanted = {"components": root["components"], **schema}
        Draft202012Validator(wanted).validate(payload)


@pytest.fixture
def checker() -> Checker:
    return Checker(DOCUMENT)


@pytest.fixture
def said(checker: Checker) -> Callable[..., Any]:
    async def say(client: Client, **frame: Any) -> None:
        checker.check(f"client-{frame['type']}", frame)
        await client.say(**frame)

    return say


async def parked_run(session: Any) -> Run:
    """A run that has done everything that makes events, and now waits for its user."""
    run = Run(session_id=session.id, kind="job", title="All kinds", total_steps=1)
    await sync_to_async(writer().change(runs.create(run)).result)()

    async def job(active: service.ActiveRun) -> None:
        with active.step(1, "Read"):
            active.info("a line", data={"rows": 3})
            active.progress(0.5)
        active.result({"rows": 3})
        await active.ask("which", "Which one?", [("a", "A"), ("b", "B")], default="a")

    await service.work(run.id, job)
    return run


async def test_every_frame_of_the_websocket_is_as_documented(
    house: House, session, checker, said, configure
):
    configure(heartbeat=0.3)
    run = await parked_run(session)
    ask = await Ask.objects.aget()
    async with house.socket(session.id) as client:
        frames = await client.until("live")
        await said(client, type="ack", seq=frames[-1]["seq"])
        await said(client, type="resume", after=0)
        frames += await client.until("live")
        frames += await client.until("heartbeat")
        await said(client, type="answer", id="1", run=str(run.id), ask=str(ask.id), choice="b")
        frames += await client.until("reply")
        await said(client, type="answer", id="2", run=str(run.id), ask=str(ask.id), text="c")
        frames += await client.until("reply")
        await said(client, type="cancel", id="3", run=str(run.id))
        frames += await client.until("reply")
        await house.http.delete(f"/api/progress/{session.id}")
        frames += await client.until("reset")
        await say_goodbye()
        frames += await client.until("bye")
    for frame in frames:
        checker.check(f"server-{frame['type']}", frame, ("state",))
    assert checker.seen == {
        *(f"server-{kind}" for kind in SERVER),
        *(f"client-{kind}" for kind in CLIENT),
    }
    events = [event for frame in frames for event in frame.get("events", ())]
    assert {event["kind"] for event in events} == set(KINDS)


async def test_every_server_sent_event_is_as_documented(house: House, session, checker):
    run = await parked_run(session)
    await service.in_thread(service.cancel, house.viewer, run.id)
    for query in (f"?run={run.id}", f"?after=9999&run={run.id}"):
        async with house.http.stream("GET", f"/api/progress/{session.id}{query}") as answer:
            async for name, data in parse(answer.aiter_lines()):
                checker.check(f"sse-{name}", json.loads(data))
    assert checker.seen == {f"sse-{name}" for name in SERVER_SENT}


def test_an_undocumented_field_would_be_found(checker):
    with pytest.raises(Exception, match="surprise"):
        checker.check("server-live", {"type": "live", "seq": 1, "surprise": True})


async def test_every_way_to_refuse_is_a_documented_close_code(house: House, session):
    other = await service.in_thread(service.create_session, service.Viewer(browser=uuid.uuid4()))
    seen = set()
    for address, headers in ((session.id, {}), (other.id, None), (uuid.uuid4(), None)):
        async with house.socket(address, headers=headers) as client:
            seen.add(await client.close_code())
    async with house.socket(session.id) as client:
        await client.say(type="nonsense")
        seen.add(await client.close_code())
    assert seen == {socket.SIGN_IN, socket.NOT_YOURS, socket.NOT_FOUND, socket.BAD_MESSAGE}
    documented = DOCUMENT["channels"]["socket"]["x-close-codes"]
    assert seen <= {int(code) for code in documented}
    assert set(socket.CLOSE_CODES.values()) <= {int(code) for code in documented}


async def test_the_document_is_served_as_json_and_as_yaml():
    view = asyncapi.served(asyncapi.document("Test", "1"))
    answers = [
        cast(HttpResponse, await view(AsyncRequestFactory().get("/api/asyncapi", query)))
        for query in ({}, {"format": "yaml"}, {"format": "xml"})
    ]
    plain, shown, refused = answers
    assert json.loads(plain.content) == yaml.safe_load(shown.content) == DOCUMENT
    assert refused.status_code == 400


def test_every_reference_leads_somewhere():
    for path in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT))):
        found: Any = DOCUMENT
        for part in path.split("/"):
            found = found[part]
