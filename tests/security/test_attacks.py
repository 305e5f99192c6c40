"""What other sites, other people and hostile clients try, and what comes of it."""

import json
import re
import subprocess
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from deploy.site import MANAGE, ROOT, Web
from tests.security.conftest import CSRF

Make = Callable[[str], dict[str, Any]]
People = dict[str, httpx.Client]
QUESTION = {"question": "beta of GE"}
EVIL = "https://evil.example"
# What a browser adds to a request that another site makes it send.
FOREIGN: tuple[Mapping[str, str], ...] = (
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


# -- Forged requests -----------------------------------------------------------------------------


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
@pytest.mark.parametrize("person", ["owner", "browser", "anonymous"])
def test_another_site_cannot_ask_in_somebodys_name(
    people: People, person: str, foreign: Mapping[str, str]
) -> None:
    refused = people[person].post("/api/analyze", json=QUESTION, headers=foreign)
    assert refused.status_code == 403
    assert refused.json()["code"] in ("cross_site", "csrf_failed")


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
def test_another_site_cannot_clear_a_log_or_make_a_webhook(
    people: People, make: Make, foreign: Mapping[str, str]
) -> None:
    session = make("session")["id"]
    owner = people["owner"]
    cleared = owner.delete(f"/api/progress/{session}", headers=foreign)
    hooked = owner.post("/api/webhooks", json={"url": "http://127.0.0.1:9/"}, headers=foreign)
    assert (cleared.status_code, hooked.status_code) == (403, 403)


def test_our_own_page_may(site: Web, people: People) -> None:
    ours = {"Origin": site.url, "Sec-Fetch-Site": "same-origin"}
    for person in ("owner", "browser"):
        assert people[person].post("/api/analyze", json=QUESTION, headers=ours).status_code == 202


def test_a_token_needs_no_origin(people: People) -> None:
    asked = people["full"].post("/api/analyze", json=QUESTION, headers={"Origin": EVIL})
    assert asked.status_code == 202


@pytest.mark.parametrize("path", ["/api/analyze", "/api/tokens", "/api/sessions"])
def test_a_signed_in_user_needs_the_csrf_token(
    site: Web, secrets: dict[str, str], path: str
) -> None:
    with httpx.Client(base_url=site.url, cookies={"sessionid": secrets["owner"]}) as client:
        refused = client.post(path, json={**QUESTION, "name": "x"})
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
        client.cookies.set("csrftoken", CSRF)
        wrong = client.post(path, json=QUESTION, headers={"X-CSRFToken": "b" * 32})
        assert wrong.status_code == 403


@pytest.mark.parametrize("person", ["owner", "browser", "anonymous"])
def test_a_form_needs_the_csrf_token(people: People, person: str) -> None:
    refused = people[person].post("/", data=QUESTION, headers={"X-CSRFToken": ""})
    assert refused.status_code == 403
    assert "Traceback" not in refused.text


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_a_foreign_form_can_send_is_not_read(people: People, kind: str) -> None:
    body = json.dumps(QUESTION)
    sent = people["browser"].post("/api/analyze", content=body, headers={"Content-Type": kind})
    assert sent.status_code == 415


@pytest.mark.parametrize("person", ["owner", "browser"])
@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1"])
def test_another_site_cannot_open_a_socket_with_our_cookies(
    site: Web, people: People, person: str, origin: str
) -> None:
    session = people[person].post("/api/sessions", json={}).json()["id"]
    cookies = people[person].build_request("GET", "/").headers["cookie"]
    headers = {"Cookie": cookies, "Origin": origin}
    with connect(f"ws{site.url[4:]}/ws/progress/{session}", additional_headers=headers) as socket:
        with pytest.raises(ConnectionClosed):
            socket.recv(30)
        assert socket.close_code == 4403


def test_a_forged_host_gets_nothing(site: Web) -> None:
    session = uuid.uuid4()
    for path in ("/", "/api/market", f"/api/progress/{session}/events"):
        answer = httpx.get(site.url + path, headers={"Host": "evil.example"})
        assert answer.status_code == 400
        assert "evil.example" not in answer.text
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    address = f"ws{site.url[4:]}/ws/progress/{session}"
    refused = pytest.raises((ConnectionClosed, InvalidStatus))
    with refused, connect(address, additional_headers=headers) as opened:
        opened.recv(30)


# -- Cookies and sessions ------------------------------------------------------------------------


def signed_in(site: Web, **cookies: str) -> httpx.Client:
    """The operator, signed in through the form, with cookies that somebody planted before."""
    client = httpx.Client(base_url=site.url, cookies=cookies)
    client.cookies.set("csrftoken", CSRF)
    form = {"username": "staff", "password": "correct horse battery", "csrfmiddlewaretoken": CSRF}
    assert client.post("/admin/login/", data=form).status_code == 302
    return client


def is_operator(site: Web, session: str) -> bool:
    return httpx.get(f"{site.url}/admin/", cookies={"sessionid": session}).status_code == 200


@pytest.mark.parametrize("planted", ["stored", "made up"])
def test_signing_in_gives_a_new_session_id(
    site: Web, secrets: dict[str, str], planted: str
) -> None:
    """Whoever planted the old one, be it a real session, does not become the operator."""
    known = secrets["planted"] if planted == "stored" else "p" * 32
    victim = signed_in(site, sessionid=known)
    given = {str(cookie.value) for cookie in victim.cookies.jar if cookie.name == "sessionid"}
    assert any(is_operator(site, session) for session in given - {known})
    assert not is_operator(site, known)


@pytest.mark.parametrize("change", ["value", "signature", "age", "unsigned"])
def test_a_forged_browser_cookie_is_nobody(site: Web, people: People, change: str) -> None:
    genuine = people["browser"].cookies["progress_browser"]
    value, age, signature = genuine.strip('"').split(":")
    forged = {
        "value": f"{uuid.uuid4()}:{age}:{signature}",
        "signature": f"{value}:{age}:{signature[:-3]}abc",
        "age": f"{value}:{'zzzzzz'}:{signature}",
        "unsigned": value,
    }[change]
    answer = httpx.get(f"{site.url}/api/sessions", cookies={"progress_browser": forged})
    assert answer.status_code == 401


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(site: Web) -> None:
    made = httpx.post(f"{site.url}/api/sessions", json={}).headers["set-cookie"]
    assert "HttpOnly" in made and "SameSite=Lax" in made


def test_a_browser_that_is_thrown_away_does_not_become_a_user(
    site: Web, people: People, secrets: dict[str, str]
) -> None:
    """The user counts, so a planted browser cookie does not collect what they ask."""
    planted = people["browser"].cookies["progress_browser"]
    cookies = {"progress_browser": planted, "sessionid": secrets["owner"], "csrftoken": CSRF}
    with httpx.Client(base_url=site.url, cookies=cookies) as client:
        made = client.post("/api/sessions", json={}, headers={"X-CSRFToken": CSRF}).json()["id"]
    assert people["browser"].get(f"/api/sessions/{made}").status_code == 404
    assert people["owner"].get(f"/api/sessions/{made}").status_code == 200


# -- What is told --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/api/market", "/api/docs", "/nothing", "/admin/login/"])
def test_answers_carry_the_headers_that_bind_browsers(site: Web, path: str) -> None:
    headers = httpx.get(site.url + path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "server" not in headers


@pytest.mark.parametrize(
    "path", ["/static/../manage.py", "/static/%2e%2e/manage.py", "/%2e%2e/etc"]
)
def test_files_beside_the_static_ones_are_not_served(site: Web, path: str) -> None:
    raw = httpx.Request("GET", site.url)
    raw.extensions = {"target": path.encode()}
    with httpx.Client() as client:
        assert client.send(raw).status_code in (400, 404)


def test_text_of_people_is_inert_in_pages(people: People) -> None:
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    client = people["browser"]
    asked = client.post("/api/analyze", json={"question": hostile}, headers={"Prefer": "wait=20"})
    page = client.get(asked.json()["links"]["page"]).text
    assert "alert(1)" in page
    assert "<script>alert" not in page and "<img src=x" not in page


def test_no_login_leads_to_another_site(site: Web) -> None:
    client = httpx.Client(base_url=site.url, cookies={"csrftoken": CSRF})
    answer = client.get("/admin/login/?next=https://evil.example/")
    assert "evil.example" not in answer.headers.get("location", "")


# -- Logs ----------------------------------------------------------------------------------------


def test_no_request_writes_a_log_line_of_its_own(site: Web) -> None:
    for path in ("/%0aFORGED", "/%0d%0aFORGED?%0aFORGED", "/%E2%80%A8FORGED", "/%1b[2JFORGED"):
        httpx.get(site.url + path, headers={"User-Agent": "x", "X-Request-ID": "a%0aFORGED"})
    httpx.post(f"{site.url}/api/analyze", json={"question": "\nFORGED \x1b[2J \u2028FORGED"})
    log = site.new_log()
    assert not re.search(r"(?m)^\W*FORGED", log)
    assert "\x1b" not in log and "\u2028" not in log


def test_no_secret_gets_into_the_log(site: Web, people: People, make: Make) -> None:
    token = make("token")["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    session = make("session")["id"]
    ticket = people["owner"].post("/api/tickets", json={"session": session}).json()
    httpx.get(f"{site.url}/api/sessions", headers=bearer)
    httpx.get(f"{site.url}/api/sessions?token={token}")
    httpx.get(site.url + ticket["links"]["events"])
    with connect(f"ws{site.url[4:]}{ticket['links']['socket']}") as socket:
        socket.recv(30)
    signed_in(site).close()
    webhook = make("webhook")
    log = site.new_log()
    for secret in (token, ticket["ticket"], "correct horse", webhook["secret"], site_key(site)):
        assert secret not in log
    assert "ticket=***" in log


def site_key(site: Web) -> str:
    with open(f"{site.env['VAR_DIR']}/secret_key") as file:
        return file.read()


# -- Production ----------------------------------------------------------------------------------


def test_the_documented_production_settings_pass_djangos_checks(site: Web) -> None:
    env = {
        **site.env,
        "HTTPS": "true",
        "ALLOWED_HOSTS": "example.org",
        "SECRET_KEY": "k3y-" + "Zq8_w2" * 12,
    }
    done = subprocess.run(
        [*MANAGE, "check", "--deploy", "--fail-level", "INFO"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_cookies_are_only_for_https_in_production(start_site: Callable[..., Web]) -> None:
    site = start_site(HTTPS="true")
    forwarded = {"X-Forwarded-Proto": "https"}
    made = httpx.post(f"{site.url}/api/sessions", json={}, headers=forwarded)
    assert made.status_code == 201
    assert "Secure" in made.headers["set-cookie"]
    assert "max-age=31536000" in made.headers["strict-transport-security"]
    plain = httpx.get(f"{site.url}/api/market")
    assert (plain.status_code, plain.headers["location"][:6]) == (301, "https:")
    assert httpx.get(f"{site.url}/health/live").status_code == 200
