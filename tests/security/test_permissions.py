"""The permission matrix on the running site: every address, by everyone."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from deploy.site import ROOT, Web
from tests.security.matrix import OK, PEOPLE, ROWS, SOCKET, Row, table

Make = Callable[[str], dict[str, Any]]
People = dict[str, httpx.Client]
THING = re.compile(r"\{(session|analysis|webhook|token)\}")


def named(row: Row) -> str:
    return f"{row.method} {row.path}{' in a session' if '{' in json.dumps(row.body) else ''}"


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_everybody_gets_what_the_matrix_says(row: Row, people: People, make: Make) -> None:
    fields = things(row, make)
    for person in PEOPLE:
        expected = row.rights[person]
        if expected == OK and row.method != "GET":
            fields = things(row, make)  # what somebody before was allowed to change or delete
        status = request(people[person], row, fields)
        if expected == OK and row.settled == OK:
            assert status < 400, (person, status)
        else:
            assert status == (expected or row.settled), (person, status)


def things(row: Row, make: Make) -> dict[str, str]:
    text = row.path + (json.dumps(row.body) if row.body else "")
    return {kind: make(kind)["id"] for kind in set(THING.findall(text))}


def request(person: httpx.Client, row: Row, fields: dict[str, str]) -> int:
    path = THING.sub(lambda found: fields[found[1]], row.path)
    body = None if row.body is None else json.loads(
        THING.sub(lambda found: fields[found[1]], json.dumps(row.body))
    )  # fmt: skip
    content: dict[str, Any] = {"data" if row.form else "json": body} if body is not None else {}
    return person.request(row.method, path, **content).status_code


@pytest.mark.parametrize("person", PEOPLE)
def test_the_socket_opens_for_whom_the_matrix_says(
    site: Web, people: People, make: Make, person: str
) -> None:
    session = make("session")["id"]
    headers = {
        name: value
        for name, value in people[person].build_request("GET", "/").headers.items()
        if name in ("cookie", "authorization")
    }
    address = f"ws{site.url[4:]}/ws/progress/{session}"
    with connect(address, additional_headers=headers) as socket:
        if SOCKET[person] == OK:
            assert '"ready"' in str(socket.recv(30))
        else:
            with pytest.raises(ConnectionClosed):
                socket.recv(30)
            assert socket.close_code == SOCKET[person]


# -- The admin: the operator's, whole and only ---------------------------------------------------

FOR_ALL = {"/admin/login/", "/admin/logout/"}


def patterns(found: Any, prefix: str = "/") -> Iterator[str]:
    """The addresses of a URL configuration, with `1` for what varies."""
    for pattern in found:
        path = prefix + re.sub(r"<[^>]+>|\(\?P<\w+>[^)]*\)", "1", str(pattern.pattern)).strip("^$")
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path.replace("\\.", ".")


ADDRESSES = sorted(set(patterns(get_resolver().url_patterns)))
ADMIN = [path for path in ADDRESSES if path.startswith("/admin/") and path not in FOR_ALL]


@pytest.mark.parametrize("path", ADMIN)
def test_the_admin_is_closed_to_everybody_but_the_operator(path: str, people: People) -> None:
    for person in PEOPLE:
        for method in ("GET", "POST"):
            answer = people[person].request(method, path)
            if person == "staff":
                assert answer.status_code < 500, (method, answer.text[-500:])
            else:
                sent_away = (
                    answer.status_code == 302 and "/admin/login" in answer.headers["location"]
                )
                assert sent_away or answer.status_code in (403, 404), (person, method)


def test_every_address_of_the_site_is_in_the_matrix() -> None:
    rows = {plain(row.path.partition("?")[0]) for row in ROWS}
    real = {plain(path) for path in ADDRESSES if not path.startswith("/admin/")}
    assert real == rows


def plain(path: str) -> str:
    parts = path.replace("chart.svg", "chart.1").split("/")
    return "/".join("1" if "{" in part or len(part) == 36 else part for part in parts)


def test_the_operator_changes_no_history(people: People) -> None:
    for model in ("session", "run", "event", "ask"):
        assert people["staff"].get(f"/admin/progress/{model}/add/").status_code in (403, 404)
    assert people["staff"].get("/admin/analysis/analysis/add/").status_code == 403
    assert people["staff"].get("/admin/analysis/accesstoken/add/").status_code == 403


def test_the_operator_revokes_tokens_and_sees_no_secret(people: People, make: Make) -> None:
    made = make("token")
    listed = people["staff"].get("/admin/analysis/accesstoken/").text
    assert made["id"] in listed
    assert made["token"].partition(".")[2] not in listed
    key = re.search(rf'value="({made["id"]}\.[^"]+)"', listed)
    assert key
    revoked = people["staff"].post(
        "/admin/analysis/accesstoken/", data={"action": "revoke", "_selected_action": key[1]}
    )
    assert revoked.status_code == 302
    assert people["owner"].get(f"/api/tokens/{made['id']}").json()["status"] == "revoked"


def test_the_matrix_of_the_documentation_is_this_one() -> None:
    text = (ROOT / "docs" / "security.md").read_text()
    shown = text.partition("<!-- matrix:start -->\n")[2].partition("\n<!-- matrix:end -->")[0]
    assert shown == table()
