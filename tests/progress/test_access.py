"""Who is asking, which sites may ask for them, and whose sessions exist for whom."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signing import Signer, b62_encode
from django.test import RequestFactory

from progress import service
from progress.access import (
    Viewer,
    authenticators,
    browser_of,
    is_trusted,
    refuse_cross_site,
    signer,
    socket_viewer,
    viewer_of,
)
from progress.conf import conf
from progress.errors import CrossSite
from progress.models import Session
from tests.progress.house import House


@pytest.mark.parametrize(
    ("origin", "trusted"),
    [
        ("https://site.example", True),
        ("https://friend.example", True),
        ("http://friend.example", False),
        ("https://friend.example:8443", False),
        ("https://a.friends.example", True),
        ("https://a.b.friends.example", True),
        ("https://evilfriends.example", False),
        ("https://friends.example.evil.example", False),
        ("null", False),
        ("http://[", False),
        ("https://", False),
    ],
)
def test_only_this_site_and_the_trusted_ones_may_act_for_their_visitors(settings, origin, trusted):
    settings.CSRF_TRUSTED_ORIGINS = ["https://friend.example", "https://*.friends.example"]
    assert is_trusted(origin, "site.example") == trusted


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),  # no browser
        ({"Origin": "http://localhost"}, False),
        ({"Origin": "https://elsewhere.example"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
    ],
)
def test_a_request_that_another_site_sent_is_refused(headers, refused):
    request = RequestFactory(headers={"Host": "localhost", **headers}).post("/")
    if refused:
        with pytest.raises(CrossSite):
            refuse_cross_site(request)
    else:
        refuse_cross_site(request)


@pytest.mark.parametrize("value", ["", "x", "x:y:z", f"{uuid.uuid4()}:1tTtTt:forged", "\0" * 9])
def test_a_cookie_that_we_did_not_sign_names_nobody(value):
    assert browser_of({conf().browser_cookie: value}) is None


@pytest.mark.parametrize(("over", "known"), [(-60, True), (60, False)])
def test_a_cookie_that_is_too_old_names_nobody(over: int, known: bool):
    given_out = int(time.time()) - conf().browser_cookie_age - over
    value = Signer.sign(signer(), f"{uuid.uuid4()}:{b62_encode(given_out)}")
    assert (browser_of({conf().browser_cookie: value}) is not None) == known


def test_a_cookie_that_we_signed_names_its_browser():
    browser = uuid.uuid4()
    request = RequestFactory().get("/")
    request.COOKIES[conf().browser_cookie] = signer().sign(str(browser))
    assert viewer_of(request) == Viewer(browser=browser)


@pytest.mark.stack
@pytest.mark.parametrize(("host", "refused"), [("evil.example", True), ("localhost", False)])
async def test_a_socket_at_a_host_that_is_not_ours_is_refused(host: str, refused: bool):
    browser = uuid.uuid4()
    cookie = f"{conf().browser_cookie}={signer().sign(str(browser))}"
    named = {"host": host, "origin": f"http://{host}", "cookie": cookie}
    headers = [(name.encode(), value.encode()) for name, value in named.items()]
    scope = {"type": "websocket", "path": "/", "query_string": b"", "headers": headers}
    if refused:
        with pytest.raises(CrossSite):
            await socket_viewer(scope)
    else:
        assert await socket_viewer(scope) == Viewer(browser=browser)


DOORS = ("", "?run={run}", "/events", "/events?wait=5", "/events?format=csv", "/events?q=x")


@pytest.mark.stack
@pytest.mark.parametrize("door", DOORS)
async def test_the_sessions_of_others_do_not_exist_on_any_door(house: House, door: str):
    theirs = await service.in_thread(service.create_session, Viewer(browser=uuid.uuid4()))
    url = f"/api/progress/{theirs.id}{door.format(run=uuid.uuid4())}"
    answer = await house.http.get(url)
    assert (answer.status_code, answer.json()["code"]) == (404, "session_not_found")
    assert (await house.http.delete(f"/api/progress/{theirs.id}")).status_code == 404


@pytest.mark.stack
async def test_a_run_of_another_session_is_not_found(house: House, session: Session, viewer):
    other = await service.in_thread(service.create_session, viewer)
    async with service.astart_run(other.id, "Elsewhere") as run:
        pass
    answer = await house.http.get(f"/api/progress/{session.id}?run={run.id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "run_not_found")
    page = await house.http.get(f"/api/progress/{session.id}/events?run={run.id}")
    assert page.json()["events"] == []


def from_header(request: Any) -> Viewer | None:
    """An authenticator as a project may write one: it asks the database."""
    session = Session.objects.filter(title=request.headers.get("X-Title", "-")).first()
    return Viewer(browser=session.browser) if session else None


@pytest.fixture
def header_authenticator(configure) -> Iterator[None]:
    configure(authenticators=("tests.progress.test_access.from_header",))
    authenticators.cache_clear()
    yield
    authenticators.cache_clear()


@pytest.mark.stack
async def test_a_projects_own_authenticator_may_ask_the_database(
    header_authenticator, house: House, session: Session
):
    url = f"/api/progress/{session.id}/events"
    assert (await house.http.get(url)).status_code == 401
    assert (await house.http.get(url, headers={"X-Title": "Test"})).status_code == 200
    async with house.socket(session.id, headers={"X-Title": "Test"}) as client:
        assert (await client.frame())["type"] == "ready"
    assert (await house.http.get("/api/webhooks", headers={"X-Title": "Test"})).status_code == 200
