"""Streams end when the login behind them does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from django.conf import settings as site
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session as LoginSession
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from websockets.asyncio.client import connect

from analysis import tokens
from progress import service
from progress.access import Viewer
from progress.hub import hub
from progress.proofs import Proof, fallen, standing_logins
from progress.service import in_thread
from tests.progress.house import Client as Socket
from tests.progress.house import House

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]


TOKEN = "c" * 32  # against forged requests, as a browser's cookie and header have it


class Login:
    """A user who is signed in in a browser of their own."""

    def __init__(self, name: str) -> None:
        self.user: Any = get_user_model().objects.create_user(name, password="secret")
        self.browser = Client()
        self.cookie = sign_in(self.user, self.browser)


def sign_in(user: Any, browser: Client | None = None) -> str:
    """The cookie of a new login."""
    browser = browser or Client()
    browser.force_login(user)
    cookie: str = browser.cookies[site.SESSION_COOKIE_NAME].value
    return cookie


@pytest.fixture
def login() -> Login:
    return Login("ann")


class SignedIn(House):
    """The doors with a user's cookie."""

    def __init__(self, login: Login) -> None:
        super().__init__(Viewer(user_id=login.user.id))
        self.login = login

    @property
    def cookies(self) -> dict[str, str]:
        return {site.SESSION_COOKIE_NAME: self.login.cookie, "csrftoken": TOKEN}


async def followed(session: Any, times: int) -> None:
    async with asyncio.timeout(30):
        while session.id not in hub().topics or len(hub().topics[session.id].followers) < times:
            await asyncio.sleep(0.005)


async def test_every_stream_ends_when_its_viewer_signs_out_and_no_other(login, configure):
    configure(proof_check=0.2)
    session = await in_thread(service.create_session, Viewer(user_id=login.user.id))
    other = {"Cookie": f"{site.SESSION_COOKIE_NAME}={await in_thread(sign_in, login.user)}"}
    url = f"/api/progress/{session.id}"
    async with (
        SignedIn(login) as house,
        house.socket(session.id) as leaving,
        house.socket(session.id, headers=other) as staying,
    ):
        await leaving.until("live")
        stream = asyncio.create_task(house.http.get(url))
        poll = asyncio.create_task(house.http.get(f"{url}/events?wait=30"))
        await followed(session, 4)
        await in_thread(login.browser.logout)
        assert await leaving.close_code() == 4401
        assert (await stream).status_code == 200  # it had begun; its end makes the client ask again
        assert (await poll).status_code == 401
        assert (await house.http.get(url)).status_code == 401
        await service.progress_info(session.id, "still here")
        assert (await staying.events(1))[0]["message"] == "still here"


async def test_a_database_that_does_not_answer_does_not_end_the_looking(
    login, configure, monkeypatch
):
    configure(proof_check=0.1)
    failures = iter([OperationalError("gone")] * 3)

    def unsteady(proofs):
        error = next(failures, None)
        if error is not None:
            raise error
        return fallen(proofs)

    monkeypatch.setattr("progress.hub.fallen", unsteady)
    session = await in_thread(service.create_session, Viewer(user_id=login.user.id))
    async with SignedIn(login) as house, house.socket(session.id) as leaving:
        await leaving.until("live")
        await in_thread(login.browser.logout)
        assert await leaving.close_code() == 4401
    assert next(failures, None) is None


async def by_login(login: Login, house: House) -> tuple[dict[str, str], Callable[[], object]]:
    """What its requests are recognised by, and what takes that back."""
    return {"X-CSRFToken": TOKEN}, login.browser.logout


async def by_token(login: Login, house: House) -> tuple[dict[str, str], Callable[[], object]]:
    wanted = {"name": "program", "scopes": ["read"]}
    made = await house.http.post("/api/tokens", json=wanted, headers={"X-CSRFToken": TOKEN})
    revoke = partial(tokens.revoke, house.viewer, made.json()["id"])
    return {"Authorization": f"Bearer {made.json()['token']}"}, revoke


@pytest.mark.parametrize("known", [by_login, by_token])
async def test_what_a_ticket_opened_ends_with_what_asked_for_it(login, configure, known):
    configure(proof_check=0.2)
    mine = Viewer(user_id=login.user.id)
    session = await in_thread(service.create_session, mine)
    async with SignedIn(login) as house, httpx.AsyncClient(timeout=30) as stranger:
        headers, take_back = await known(login, house)
        made = await house.http.post(
            "/api/tickets", json={"session": str(session.id)}, headers=headers
        )
        links, here = made.json()["links"], f"127.0.0.1:{house.port}"
        async with connect(f"ws://{here}{links['socket']}") as socket:
            stream = asyncio.create_task(stranger.get(f"http://{here}{links['stream']}"))
            poll = asyncio.create_task(stranger.get(f"http://{here}{links['events']}&wait=60"))
            await followed(session, 3)
            await in_thread(take_back)
            assert await Socket(socket).close_code() == 4401
            assert (await stream).status_code == 200
            assert (await poll).status_code == 401
            assert (await stranger.get(f"http://{here}{links['events']}")).status_code == 401


def lock(login: Login) -> None:
    login.user.is_active = False
    login.user.save()


def change_password(login: Login) -> None:
    login.user.set_password("another")
    login.user.save()


def delete(login: Login) -> None:
    login.user.delete()


def sign_out(login: Login) -> None:
    login.browser.logout()


@pytest.mark.parametrize("engine", ["db", "cached_db", "cache"])
@pytest.mark.parametrize("end", [sign_out, lock, change_password, delete])
def test_a_login_stands_until_it_ends(settings, engine: str, end: Callable[[Login], None]):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    leaving, staying = Login("ann"), Login("bob")
    keys = [leaving.cookie, staying.cookie, "never-given-out"]
    assert standing_logins(keys) == {leaving.cookie, staying.cookie}
    end(leaving)
    assert standing_logins(keys) == {staying.cookie}


def test_an_expired_login_does_not_stand(login):
    LoginSession.objects.update(expire_date=timezone.now())
    assert standing_logins([login.cookie]) == set()


def test_a_login_by_a_backend_that_was_switched_off_does_not_stand(login, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.RemoteUserBackend"]
    assert standing_logins([login.cookie]) == set()


def test_a_login_stands_while_the_secret_key_is_replaced(login, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    assert standing_logins([login.cookie]) == {login.cookie}
    settings.SECRET_KEY_FALLBACKS = []
    assert standing_logins([login.cookie]) == set()


def test_many_streams_are_checked_in_a_few_queries(login, django_assert_num_queries):
    proofs = [Proof(standing_logins, login.cookie)] * 300
    proofs += [Proof(standing_logins, f"signed-out-{number}") for number in range(600)]
    with django_assert_num_queries(3):  # two for the logins, 500 at a time; one for their user
        assert len(fallen(proofs)) == 600
