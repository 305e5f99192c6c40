"""examples/imports in fresh virtual environments, as a stranger would install and run it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from progress.client import AsyncClient, ConnectionRefused
from tests.adopt.strangers import Server, Stranger, build_wheel, newer_python

pytestmark = pytest.mark.adopt

NEWER = newer_python()
# The newest Django needs a newer Python, which a machine may have or not.
PAIRS = [(sys.executable, "~=5.2.0"), *([(NEWER, ">=6")] if NEWER else [])]

NEEDED = (
    "client/__init__.py",
    "management/commands/deliver_webhooks.py",
    "migrations/0002_webhooks.py",
    "py.typed",
    "static/progress/live-log.js",
    "templates/progress/log.html",
    "templatetags/live_log.py",
    "webhooks/courier.py",
)
CELERY = """
from project.celery import app
from prices.tasks import nightly_import
from progress.service import create_session, page

session = create_session()
print(nightly_import.apply(args=[str(session.id)]).get())
print(page(session.id)["events"][-1]["data"])
"""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session", params=PAIRS, ids=lambda pair: f"django{pair[1]}")
def stranger(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Stranger:
    python, django = request.param
    made = Stranger(tmp_path_factory.mktemp("stranger"), python, wheel, django)
    made.manage("migrate", "--verbosity", "0")
    return made


@pytest.fixture(scope="session")
def server(stranger: Stranger) -> Iterator[Server]:
    running = stranger.server()
    running.start()
    yield running
    running.stop()


def test_only_progress_is_installed_and_all_of_it(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    roots = {name.partition("/")[0] for name in names}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"progress"}
    for needed in NEEDED:
        assert f"progress/{needed}" in names


def test_the_checks_are_content_with_the_settings_of_the_document(stranger):
    shown = stranger.manage("check", "--fail-level", "WARNING")
    assert "no issues" in shown
    stranger.manage("makemigrations", "--check", "--dry-run")


async def press(server: Server, button: str) -> tuple[AsyncClient, str, str]:
    """Open the page, press a button; the client with its cookie, the session, and its page."""
    client = AsyncClient(server.url)
    first = await client.http.get("/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', first.text)
    assert token
    form = {"csrfmiddlewaretoken": token[1]}
    shown = await client.http.post(button, data=form, follow_redirects=True)
    assert shown.status_code == 200, shown.text
    return client, shown.url.path.rpartition("/")[2], shown.text


async def to_final(client: AsyncClient, session: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    async for event in client.follow(session):
        events.append(dict(event))
        if event["kind"] == "ask" and event["data"]["state"] == "open":
            answer = {"type": "answer", "id": "1", "run": event["run"], "ask": event["data"]["id"]}
            await say(client, session, {**answer, "choice": "yes"})
        if event["kind"] == "state" and event["data"]["state"] in ("succeeded", "failed"):
            break
    await client.http.aclose()
    return events


async def say(client: AsyncClient, session: str, frame: dict[str, Any]) -> None:
    """One command over a socket of its own, as the page does it."""
    from websockets.asyncio.client import connect

    cookie = "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())
    url = str(client.http.base_url).replace("http", "ws", 1) + f"/ws/progress/{session}"
    async with connect(url, additional_headers={"Cookie": cookie}) as socket:
        while json.loads(await socket.recv())["type"] != "ready":
            pass
        await socket.send(json.dumps(frame))
        while (reply := json.loads(await socket.recv()))["type"] != "reply":
            pass
        assert reply["ok"], reply


@pytest.mark.parametrize("button", ["/start", "/start-here"])
async def test_a_view_has_live_progress(server, button):
    client, session, page = await press(server, button)
    assert f'data-live-log="{session}"' in page and "progress/live-log.js" in page
    events = await to_final(client, session)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["data"]["state"] == "succeeded"
    assert [e["message"] for e in events if e["level"] == "warning"] == [
        "ACME has no price on 2026-01-28", "ACME has no price on 2026-04-02"]  # fmt: skip
    assert max(e["data"]["share"] for e in events if e["kind"] == "progress") == 1.0


async def test_an_agent_asks_and_goes_on_with_the_answer(server):
    await to_final(*(await press(server, "/start-here"))[:2])
    client, session, _ = await press(server, "/research")
    events = await to_final(client, session)
    assert "May I use latest_price(ACME)?" in [event["message"] for event in events]
    [result] = [event["data"] for event in events if event["kind"] == "result"]
    assert re.fullmatch(r"ACME cost [\d.]+ on 2026-\d\d-\d\d\.", result["answer"])


async def test_others_do_not_see_a_session(server):
    client, session, _ = await press(server, "/start-here")
    await client.http.aclose()
    other, _, _ = await press(server, "/start-here")
    assert (await other.http.get(f"/imports/{session}")).status_code == 404
    with pytest.raises(ConnectionRefused):
        await anext(other.follow(session))
    await other.http.aclose()


def test_a_management_command_reports(stranger):
    shown = stranger.manage("import_prices")
    assert "prices.csv has 120 rows" in shown and shown.rstrip().endswith("Finished")


def test_a_celery_task_reports(stranger):
    """By a real call of the task; its broker is not what is tested here."""
    shown = stranger.python("-c", f"import project.asgi\n{CELERY}")
    assert shown.splitlines() == ["120", "{'state': 'succeeded'}"]


def test_the_log_elements_files_are_served(server):
    for name in ("live-log.js", "live-log.css", "log.js", "connection.js", "transports.js"):
        assert httpx.get(f"{server.url}/static/progress/{name}").status_code == 200


def test_webhooks_are_there_too(server):
    refused = httpx.get(f"{server.url}/api/webhooks")
    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")


def test_webhooks_are_delivered_by_a_process_of_their_own_until_sigterm(stranger):
    assert "0 deliveries wait" in stranger.manage("deliver_webhooks", "--once")
    command = [str(stranger.bin / "python"), "-u", "manage.py", "deliver_webhooks"]
    with subprocess.Popen(
        command, env=stranger.env, cwd=stranger.project, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None and "are delivered" in running.stdout.readline()
        running.terminate()
        assert running.wait(20) == 0
