"""Who may do what: the permission matrix of docs/security.md, as data.

Each row is an address with what each person gets. `OK` is any answer below 400.
"""

import re
from typing import NamedTuple

OK = 0
PEOPLE = ("owner", "full", "read", "expired", "other", "browser", "anonymous", "staff")
Rights = dict[str, int]


def rights(*statuses: int) -> Rights:
    return dict(zip(PEOPLE, statuses, strict=True))


#                   owner full read expired other browser anonymous staff
EVERYBODY = rights(OK, OK, OK, 401, OK, OK, OK, OK)
NO_IDENTITY = rights(OK, OK, OK, OK, OK, OK, OK, OK)  # does not look who asks
OWN_LIST = rights(OK, OK, OK, 401, OK, OK, 401, OK)  # of each their own
CREATE = rights(OK, OK, 403, 401, OK, OK, OK, OK)
LOOK = rights(OK, OK, OK, 401, 404, 404, 401, 404)
CHANGE = rights(OK, OK, 403, 401, 404, 404, 404, 404)
CHANGE_DOOR = rights(OK, OK, 403, 401, 404, 404, 401, 404)  # the doors make nobody known
MANAGE = rights(OK, OK, 403, 401, 404, 404, 404, 404)
MANAGE_LIST = rights(OK, OK, 403, 401, OK, OK, 401, OK)
MANAGE_LOOK = rights(OK, OK, 403, 401, 404, 404, 401, 404)
HOOK_CREATE = rights(OK, OK, 403, 401, OK, OK, 401, OK)
PAGE = rights(OK, OK, OK, 401, 404, 404, 404, 404)
PAGE_CHANGE = rights(OK, OK, 403, 401, 404, 404, 404, 404)


class Row(NamedTuple):
    method: str
    path: str  # {session} {analysis} {webhook} {token}: a new one of the owner's
    rights: Rights
    body: object = None  # JSON, or a form where `form`
    form: bool = False
    settled: int = OK  # what is OK for this row, where it is a refusal of its own (409)


ROWS = (
    # Questions
    Row("POST", "/api/analyze", CREATE, {"question": "beta of GE"}),
    Row("POST", "/api/analyze", CHANGE, {"question": "beta of GE", "session": "{session}"}),
    Row("POST", "/api/search", CREATE, {"query": "banks"}),
    Row("POST", "/api/search", CHANGE, {"query": "banks", "session": "{session}"}),
    Row("POST", "/api/execute", CREATE, {"sql": "SELECT 1"}),
    Row("POST", "/api/execute", CHANGE, {"sql": "SELECT 1", "session": "{session}"}),
    Row("GET", "/api/analyses", OWN_LIST),
    Row("GET", "/api/analyses?session={session}", LOOK),
    Row("GET", "/api/analyses?before={analysis}", LOOK),
    Row("GET", "/api/analyses/{analysis}", LOOK),
    Row("GET", "/api/analyses/{analysis}/chart.svg", LOOK),
    Row("POST", "/api/analyses/{analysis}/retry", CHANGE),
    Row("POST", "/api/analyses/{analysis}/cancel", CHANGE, settled=409),
    Row("POST", "/api/analyses/{analysis}/answer", CHANGE,
        {"ask": "7b0c2ad2-6b0e-4d3c-8c52-0b8f3f2d5a10", "choice": "x"}, settled=400),
    # Sessions and their logs
    Row("GET", "/api/sessions", OWN_LIST),
    Row("GET", "/api/sessions?before={session}", LOOK),
    Row("POST", "/api/sessions", CREATE, {}),
    Row("GET", "/api/sessions/{session}", LOOK),
    Row("PATCH", "/api/sessions/{session}", CHANGE, {"title": "new"}),
    Row("DELETE", "/api/sessions/{session}", CHANGE),
    Row("HEAD", "/api/progress/{session}", LOOK),
    Row("DELETE", "/api/progress/{session}", CHANGE_DOOR),
    Row("GET", "/api/progress/{session}/events", LOOK),
    Row("GET", "/api/progress/{session}/events?format=csv", LOOK),
    # Data and documents
    Row("GET", "/api/market", EVERYBODY),
    Row("GET", "/api/suggest?q=apple", EVERYBODY),
    Row("GET", "/api/schema", NO_IDENTITY),
    Row("GET", "/api/asyncapi", NO_IDENTITY),
    Row("GET", "/api/docs", NO_IDENTITY),
    Row("GET", "/health/live", NO_IDENTITY),
    Row("GET", "/health/ready", NO_IDENTITY),
    Row("GET", "/metrics", NO_IDENTITY),
    # Access of programs
    Row("GET", "/api/tokens", MANAGE_LIST),
    Row("POST", "/api/tokens", CREATE, {"name": "x"}),
    Row("GET", "/api/tokens/{token}", MANAGE_LOOK),
    Row("DELETE", "/api/tokens/{token}", MANAGE),
    Row("POST", "/api/tickets", rights(OK, OK, OK, 401, 404, 404, 404, 404),
        {"session": "{session}"}),
    # Webhooks
    Row("GET", "/api/webhooks", OWN_LIST),
    Row("POST", "/api/webhooks", HOOK_CREATE, {"url": "http://127.0.0.1:9/", "active": False}),
    Row("GET", "/api/webhooks/{webhook}", LOOK),
    Row("PATCH", "/api/webhooks/{webhook}", CHANGE_DOOR, {"description": "new"}),
    Row("DELETE", "/api/webhooks/{webhook}", CHANGE_DOOR),
    Row("POST", "/api/webhooks/{webhook}/rotate", CHANGE_DOOR),
    Row("GET", "/api/webhooks/{webhook}/deliveries", LOOK),
    Row("POST", "/api/webhooks/{webhook}/deliveries/7b0c2ad2-6b0e-4d3c-8c52-0b8f3f2d5a10/redeliver",
        CHANGE_DOOR, settled=404),
    # Pages
    Row("GET", "/", EVERYBODY),
    Row("POST", "/", CREATE, {"question": "beta of GE"}, form=True),
    Row("GET", "/s/{session}", PAGE),
    Row("POST", "/s/{session}", PAGE_CHANGE, {"question": "beta of GE"}, form=True),
    Row("POST", "/s/{session}/rename", PAGE_CHANGE, {"title": "x"}, form=True),
    Row("POST", "/s/{session}/delete", PAGE_CHANGE, {}, form=True),
    Row("GET", "/sessions", EVERYBODY),
    Row("GET", "/suggest?q=apple", EVERYBODY),
    Row("GET", "/a/{analysis}", PAGE),
    Row("POST", "/a/{analysis}/cancel", PAGE_CHANGE, {}, form=True, settled=409),
    Row("POST", "/a/{analysis}/answer", PAGE_CHANGE,
        {"ask": "7b0c2ad2-6b0e-4d3c-8c52-0b8f3f2d5a10", "text": "x"}, form=True, settled=400),
    Row("POST", "/a/{analysis}/retry", PAGE_CHANGE, {}, form=True),
    Row("GET", "/a/{analysis}/table.csv", PAGE),
    Row("GET", "/sql", EVERYBODY),
    Row("GET", "/sql?analysis={analysis}", PAGE),
    Row("POST", "/sql", CREATE, {"sql": "SELECT 1"}, form=True),
    Row("POST", "/sql", PAGE_CHANGE, {"sql": "SELECT 1", "analysis": "{analysis}"}, form=True),
    Row("GET", "/history", EVERYBODY),
)  # fmt: skip

# The socket says no with a close code.
SOCKET = rights(OK, OK, OK, 4401, 4403, 4403, 4401, 4403)


def table() -> str:
    """The matrix as Markdown, addresses with equal rights together, as docs/security.md has it."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for row in ROWS:
        groups.setdefault(marks(row.rights), []).append(told_address(row))
    groups[marks(SOCKET)] = ["`ws /ws/progress/{session}`"]
    lines = ["| " + " | ".join(("", *TOLD)) + " |", "|---" * (len(TOLD) + 1) + "|"]
    for found, addresses in groups.items():
        lines.append("| " + " | ".join(("<br>".join(dict.fromkeys(addresses)), *found)) + " |")
    return "\n".join(lines)


TOLD = {
    "owner": "owner",
    "token": "full",
    "reader": "read",
    "expired": "expired",
    "stranger": "other",
    "nobody": "anonymous",
    "staff": "staff",
}


def marks(rights: Rights) -> tuple[str, ...]:
    assert rights["other"] == rights["browser"]  # the table has one column for both
    statuses = (rights[person] for person in TOLD.values())
    return tuple("✓" if status == OK else str(status) for status in statuses)


def told_address(row: Row) -> str:
    within = " (in {session})" if re.search(r"{(session|analysis)}", str(row.body)) else ""
    path = row.path.replace("7b0c2ad2-6b0e-4d3c-8c52-0b8f3f2d5a10", "{delivery}")
    return f"`{row.method} {path}`{within}"


if __name__ == "__main__":
    print(table())
