"""Access tokens: made once, scoped, expiring, revoked; a bad one is never nobody."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from analysis import tokens
from analysis.errors import TooManyTokens
from analysis.models import AccessToken
from progress.service import NotAuthenticated, PermissionDenied, Viewer

Make = Callable[..., dict[str, Any]]
Client = Callable[..., httpx.Client]


def bearer(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['token']}"}


def test_a_token_is_shown_once_and_listed_without_its_secret(program: httpx.Client) -> None:
    made = program.post("/api/tokens", json={"name": "once"})
    key = made.json()["token"]
    assert made.headers["location"] == f"/api/tokens/{made.json()['id']}"
    listed = program.get("/api/tokens").text
    assert made.json()["id"] in listed
    assert key.partition(".")[2] not in listed


def test_a_token_acts_for_whoever_made_it(new_client: Client) -> None:
    browser = new_client()
    session = browser.post("/api/sessions", json={}).json()["id"]
    made = browser.post("/api/tokens", json={"name": "mine"}).json()
    assert new_client().get(f"/api/sessions/{session}", headers=bearer(made)).status_code == 200
    assert new_client().get(f"/api/sessions/{session}").status_code == 401


def test_a_token_is_valid_for_ninety_days_unless_told(token: Make) -> None:
    made = token()
    life = dt.datetime.fromisoformat(made["expires_at"]) - timezone.now()
    assert dt.timedelta(days=89) < life <= dt.timedelta(days=90)
    assert made["scopes"] == ["read", "analyze"]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 51},
        {"name": 5},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "x", "scopes": "read"},
        {"name": "x", "expires_in": 0},
        {"name": "x", "expires_in": 31_536_001},
        {"name": "x", "expires_in": "60"},
        {"name": "x", "expires_in": True},
    ],
)
def test_a_wish_that_does_not_fit_is_named(program: httpx.Client, fields: dict[str, Any]) -> None:
    refused = program.post("/api/tokens", json=fields)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"].split(".")[0] == list(fields)[-1]


def test_a_read_token_looks_and_does_nothing_else(new_client: Client, token: Make) -> None:
    reader = new_client(**bearer(token(scopes=["read"])))
    assert reader.get("/api/sessions").status_code == 200
    for path, body in (("/api/analyze", {"question": "x"}), ("/api/sessions", {})):
        refused = reader.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


def test_only_an_admin_token_makes_tokens_and_none_beyond_itself(
    new_client: Client, token: Make
) -> None:
    usual = new_client(**bearer(token(scopes=["read", "analyze"])))
    assert usual.post("/api/tokens", json={"name": "more"}).status_code == 403
    assert usual.get("/api/tokens").status_code == 403
    admin = new_client(**bearer(token(scopes=["read", "admin"])))
    assert admin.post("/api/tokens", json={"name": "x", "scopes": ["read"]}).status_code == 201
    assert admin.post("/api/tokens", json={"name": "x", "scopes": ["analyze"]}).status_code == 403


def test_a_revoked_token_opens_nothing(new_client: Client, program: httpx.Client) -> None:
    made = program.post("/api/tokens", json={"name": "short"}).json()
    client = new_client(**bearer(made))
    assert client.get("/api/sessions").status_code == 200
    for _ in range(2):
        assert program.delete(f"/api/tokens/{made['id']}").status_code == 204
    assert client.get("/api/sessions").status_code == 401
    assert program.get(f"/api/tokens/{made['id']}").json()["status"] == "revoked"


def test_somebody_elses_token_does_not_exist(program: httpx.Client, token: Make) -> None:
    others = token()["id"]
    assert program.get(f"/api/tokens/{others}").status_code == 404
    assert program.delete(f"/api/tokens/{others}").status_code == 404


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Bearer x.y", "Token x", "bearer nope", "Bearer " + "a" * 5000]
)
@pytest.mark.parametrize("path", ["/api/sessions", "/api/market", "/", "/history"])
def test_a_bad_token_is_refused_even_where_nobody_needs_one(
    new_client: Client, header: str, path: str
) -> None:
    refused = new_client(Authorization=header).get(path)
    assert refused.status_code == 401
    if path.startswith("/api/"):
        assert refused.headers["www-authenticate"] == "Bearer"


def test_a_bad_token_is_refused_beside_good_cookies(new_client: Client) -> None:
    browser = new_client()
    browser.post("/api/sessions", json={})
    assert browser.get("/api/sessions").status_code == 200
    refused = browser.get("/api/sessions", headers={"Authorization": "Bearer x.y"})
    assert refused.status_code == 401


def test_the_password_of_a_proxy_is_none_of_ours(new_client: Client) -> None:
    assert new_client(Authorization="Basic dXNlcjpwYXNz").get("/api/market").status_code == 200


# -- In one process, where time and users can be set ---------------------------------------------


@pytest.mark.stack
@pytest.mark.django_db
def test_an_expired_token_is_refused() -> None:
    made, key = tokens.create(Viewer(browser=uuid.uuid4()), "x", ["read"], tokens.USUAL_LIFE)
    assert tokens.usable(key).pk == made.pk
    AccessToken.objects.update(expiry_date=timezone.now())
    with pytest.raises(NotAuthenticated, match="expired"):
        tokens.usable(key)


@pytest.mark.stack
@pytest.mark.django_db
def test_the_token_of_a_locked_user_is_refused() -> None:
    user = User.objects.create_user("gone")
    _, key = tokens.create(Viewer(user_id=user.pk), "x", ["read"], tokens.USUAL_LIFE)
    User.objects.update(is_active=False)
    with pytest.raises(NotAuthenticated, match="locked"):
        tokens.usable(key)


@pytest.mark.stack
@pytest.mark.django_db
def test_the_database_never_holds_a_key() -> None:
    made, key = tokens.create(Viewer(browser=uuid.uuid4()), "x", ["read"], tokens.USUAL_LIFE)
    stored = AccessToken.objects.filter(pk=made.pk).values().get()
    assert key.partition(".")[2] not in str(stored)


@pytest.mark.stack
@pytest.mark.django_db
def test_a_token_lives_a_year_at_most() -> None:
    life = dt.timedelta(days=9999)
    made, _ = tokens.create(Viewer(browser=uuid.uuid4()), "x", ["read"], life)
    assert made.expiry_date and made.expiry_date < timezone.now() + dt.timedelta(days=366)


@pytest.mark.stack
@pytest.mark.django_db
def test_open_streams_are_held_by_usable_tokens_only() -> None:
    user = User.objects.create_user("ann")
    locked = User.objects.create_user("bob", is_active=False)
    browser = Viewer(browser=uuid.uuid4())
    kept, also_kept, revoked, expired, lost = (
        tokens.create(owner, "x", ["read"], tokens.USUAL_LIFE)[0]
        for owner in (Viewer(user_id=user.pk), browser, browser, browser, Viewer(user_id=locked.pk))
    )
    tokens.revoke(browser, revoked.prefix)
    AccessToken.objects.filter(pk=expired.pk).update(expiry_date=timezone.now())
    made = (kept, also_kept, revoked, expired, lost)
    asked = [proof.key for token in made if (proof := tokens.viewer_of(token).proof)]
    assert tokens.standing(asked) == {kept.prefix, also_kept.prefix}


@pytest.mark.stack
@pytest.mark.django_db
def test_an_owner_has_fifty_tokens_at_most() -> None:
    viewer = Viewer(browser=uuid.uuid4())
    for _ in range(tokens.MOST):
        tokens.create(viewer, "x", ["read"], tokens.USUAL_LIFE)
    with pytest.raises(TooManyTokens):
        tokens.create(viewer, "x", ["read"], tokens.USUAL_LIFE)
    tokens.revoke(viewer, tokens.own(viewer)[0].prefix)
    tokens.create(viewer, "x", ["read"], tokens.USUAL_LIFE)


@pytest.mark.stack
@pytest.mark.django_db
def test_a_token_without_admin_cannot_reach_the_tokens() -> None:
    with pytest.raises(PermissionDenied):
        tokens.create(
            Viewer(user_id=1, scopes=frozenset({"read"})), "x", ["read"], tokens.USUAL_LIFE
        )
