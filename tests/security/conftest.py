"""A running site with people: an owner, another user, an operator, browsers, and their tokens."""

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from deploy.site import MANAGE, ROOT, Web

PEOPLE = """
import datetime as dt, json
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone
from analysis import tokens
from progress.service import Viewer

def cookie(user):
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value

def token(user, *scopes):
    return tokens.create(Viewer(user_id=user.pk), "test", scopes, tokens.USUAL_LIFE)

owner = User.objects.create_user("owner")
other = User.objects.create_user("other")
staff = User.objects.create_superuser("staff", password="correct horse battery")
planted = SessionStore()
planted["a"] = "stranger's"
planted.create()
expired, expired_key = token(owner, "read", "analyze", "admin")
expired.expiry_date = timezone.now() - dt.timedelta(seconds=1)
expired.save()
print(json.dumps({
    "owner": cookie(owner), "other": cookie(other), "staff": cookie(staff),
    "full": token(owner, "read", "analyze", "admin")[1], "read": token(owner, "read")[1],
    "expired": expired_key, "planted": planted.session_key,
}))
"""
# Any value does: cookie and header must be equal, and only our own pages can make them so.
CSRF = "a" * 32


@pytest.fixture(scope="session")
def site(start_site: Callable[..., Web]) -> Iterator[Web]:
    site = start_site(
        THROTTLE_OWNER="0",
        THROTTLE_ADDRESS="0",
        LOG_LEVEL="DEBUG",
        WEBHOOK_ALLOWED_HOSTS="127.0.0.1",
    )
    yield site
    site.stop()


@pytest.fixture(scope="session")
def secrets(site: Web) -> dict[str, str]:
    """Session cookies of `owner other staff`, and of nobody (`planted`); tokens of the owner."""
    command = [*MANAGE, "shell", "--verbosity", "0", "-c", PEOPLE]
    done = subprocess.run(command, cwd=ROOT, env=dict(site.env), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="session")
def people(site: Web, secrets: dict[str, str]) -> Iterator[dict[str, httpx.Client]]:
    """Who asks, by name. All know how to answer CSRF checks; that is tested on its own."""
    found = {"browser": client(site), "anonymous": client(site, Nobody)}
    for name in ("owner", "other", "staff"):
        found[name] = client(site, cookies={"sessionid": secrets[name]})
    for name in ("full", "read", "expired"):
        found[name] = client(site, headers={"Authorization": f"Bearer {secrets[name]}"})
    assert found["browser"].post("/api/sessions", json={}).status_code == 201
    yield found
    for one in found.values():
        one.close()


class Nobody(httpx.Client):
    """Forgets each cookie at once, as a program without a cookie jar does."""

    def send(self, *args: Any, **more: Any) -> httpx.Response:
        answer = super().send(*args, **more)
        self.cookies = {"csrftoken": CSRF}
        return answer


def client(site: Web, kind: type[httpx.Client] = httpx.Client, **more: Any) -> httpx.Client:
    made = kind(base_url=site.url, timeout=30, **more)
    made.cookies.set("csrftoken", CSRF)
    made.headers["X-CSRFToken"] = CSRF
    return made


ORDERS: dict[str, tuple[str, dict[str, Any]]] = {
    "session": ("/api/sessions", {"title": "private"}),
    "analysis": ("/api/analyze", {"question": "What stocks have highest volatility?"}),
    "webhook": ("/api/webhooks", {"url": "http://127.0.0.1:9/", "active": False}),
    "token": ("/api/tokens", {"name": "private"}),
}


@pytest.fixture
def make(people: dict[str, httpx.Client]) -> Callable[[str], dict[str, Any]]:
    """A new thing of the owner's: a `session analysis webhook token`."""

    def made(kind: str) -> dict[str, Any]:
        path, body = ORDERS[kind]
        answer = people["owner"].post(path, json=body, headers={"Prefer": "wait=20"})
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return made
