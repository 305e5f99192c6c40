"""Tickets: one session, for reading, for a minute, without headers."""

import base64
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from analysis import tickets, tokens
from deploy.site import Web
from progress.service import NotAuthenticated, PermissionDenied, Proof, Viewer, standing_logins

Client = Callable[..., httpx.Client]
Asked = tuple[httpx.Client, dict[str, Any]]


@pytest.fixture
def ticket(asked: Asked) -> dict[str, Any]:
    client, analysis = asked
    made = client.post("/api/tickets", json={"session": analysis["session"]})
    assert made.status_code == 201, made.text
    return made.json()


def test_a_ticket_opens_the_stream_without_headers(
    new_client: Client, asked: Asked, ticket: dict[str, Any]
) -> None:
    stream = f"{ticket['links']['stream']}&run={asked[1]['run']}"
    received = new_client().get(stream)
    assert received.headers["content-type"] == "text/event-stream"
    assert "event: end" in received.text


def test_a_ticket_opens_a_socket_of_another_site(api_site: Web, ticket: dict[str, Any]) -> None:
    address = api_site.url.replace("http", "ws") + ticket["links"]["socket"]
    with connect(address, origin=Origin("https://elsewhere.example")) as socket:
        assert '"ready"' in str(socket.recv(30))


def test_a_ticket_opens_no_other_session(
    new_client: Client, asked: Asked, ticket: dict[str, Any]
) -> None:
    other = asked[0].post("/api/sessions", json={}).json()["id"]
    with_ticket = new_client().get(
        f"/api/progress/{other}/events", params={"ticket": ticket["ticket"]}
    )
    assert with_ticket.status_code == 404
    assert asked[0].get(f"/api/progress/{other}/events").status_code == 200


def test_a_ticket_only_reads(new_client: Client, ticket: dict[str, Any]) -> None:
    session, query = ticket["session"], {"ticket": ticket["ticket"]}
    stranger = new_client()
    assert stranger.delete(f"/api/progress/{session}", params=query).status_code == 403
    asking = stranger.post("/api/analyze", params=query, json={"question": "x", "session": session})
    assert asking.status_code == 403
    another = stranger.post("/api/tickets", params=query, json={"session": session})
    assert another.status_code == 403


def test_a_socket_with_a_ticket_takes_no_commands(api_site: Web, ticket: dict[str, Any]) -> None:
    with connect(api_site.url.replace("http", "ws") + ticket["links"]["socket"]) as socket:
        socket.recv(30)
        socket.send('{"type": "analyze", "id": "c1", "question": "volatility of GE"}')
        replies = (str(socket.recv(30)) for _ in range(10))
        reply = next(text for text in replies if '"reply"' in text)
    assert '"permission_denied"' in reply


def test_a_forged_ticket_is_refused_at_once(api_site: Web, ticket: dict[str, Any]) -> None:
    forged = {"ticket": ticket["ticket"][:-2] + "xx"}
    path = f"/api/progress/{ticket['session']}"
    assert httpx.get(f"{api_site.url}{path}/events", params=forged).status_code == 401
    with connect(f"ws{api_site.url[4:]}/ws/progress/{ticket['session']}?ticket=x") as socket:
        with pytest.raises(ConnectionClosed):
            socket.recv(30)
        assert socket.close_code == 4401


def test_nobody_gets_a_ticket_for_somebody_elses_session(
    program: httpx.Client, asked: Asked
) -> None:
    wanted = {"session": asked[1]["session"]}
    assert program.post("/api/tickets", json=wanted).status_code == 404


def test_a_ticket_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    made = tickets.issue(Viewer(user_id=1), uuid.uuid4())
    request = RequestFactory().get("/", {"ticket": made})
    viewer = tickets.from_ticket(request)
    assert viewer and viewer.scopes == {"read"}
    monkeypatch.setattr(tickets, "LIFE", -1)
    with pytest.raises(NotAuthenticated, match="expired"):
        tickets.from_ticket(request)


@pytest.mark.django_db
def test_a_ticket_carries_the_token_that_asked_for_it_until_that_is_revoked() -> None:
    owner = Viewer(browser=uuid.uuid4())
    token, _ = tokens.create(owner, "x", ["read"], tokens.USUAL_LIFE)
    made = tickets.issue(tokens.viewer_of(token), uuid.uuid4())
    request = RequestFactory().get("/", {"ticket": made})
    opened = tickets.from_ticket(request)
    assert opened and opened.proof == Proof(tokens.standing, token.prefix)
    tokens.revoke(owner, token.prefix)
    with pytest.raises(NotAuthenticated, match="ended"):
        tickets.from_ticket(request)


@pytest.mark.django_db
def test_a_ticket_does_not_show_the_key_of_the_login_that_asked_for_it() -> None:
    login = SessionStore()
    login.create()
    viewer = Viewer(user_id=1, proof=Proof(standing_logins, str(login.session_key)))
    session = uuid.uuid4()
    one, other = (base64.urlsafe_b64decode(tickets.issue(viewer, session)) for _ in "12")
    assert str(login.session_key).encode() not in one
    assert one[-64:] != other[-64:]  # nor whether two are of the same login


def test_a_ticket_of_another_secret_key_is_refused(settings: Any) -> None:
    request = RequestFactory().get("/", {"ticket": tickets.issue(Viewer(user_id=1), uuid.uuid4())})
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "x" * 50
    with pytest.raises(NotAuthenticated, match="not valid"):
        tickets.from_ticket(request)


def test_a_ticket_gives_no_tickets() -> None:
    session = uuid.uuid4()
    with pytest.raises(PermissionDenied):
        tickets.issue(Viewer(user_id=1, only=session), session)
