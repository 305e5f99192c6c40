"""A request with a key happens once, however often and however fast it is sent."""

import datetime as dt
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.utils import timezone

from analysis import idempotency, service
from analysis.errors import KeyReused
from analysis.models import Analysis, IdempotentRequest
from progress.service import SessionNotFound, Viewer

QUESTION = {"question": "max drawdown of GE"}


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


@pytest.mark.parametrize(
    ("path", "body", "other"),
    [
        ("/api/analyze", QUESTION, {"question": "beta of GE"}),
        ("/api/search", {"query": "coke"}, {"query": "banks"}),
        ("/api/execute", {"sql": "SELECT 1"}, {"sql": "SELECT 2"}),
    ],
)
def test_the_first_answer_is_given_again(
    program: httpx.Client, path: str, body: dict[str, str], other: dict[str, str]
) -> None:
    headers = key()
    first, again = (program.post(path, json=body, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    refused = program.post(path, json=other, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_a_retry_happens_once(program: httpx.Client) -> None:
    done = program.post("/api/analyze", json=QUESTION, headers={"Prefer": "wait=20"}).json()
    headers = key()
    first, again = (
        program.post(f"/api/analyses/{done['id']}/retry", headers=headers) for _ in range(2)
    )
    assert first.json()["id"] == again.json()["id"] != done["id"]


def test_a_key_whose_session_was_deleted_gives_the_first_answer(program: httpx.Client) -> None:
    headers = key() | {"Prefer": "wait=20"}
    first = program.post("/api/search", json={"query": "ge"}, headers=headers).json()
    assert program.delete(f"/api/sessions/{first['session']}").status_code == 204
    again = program.post("/api/search", json={"query": "ge"}, headers=headers)
    assert (again.status_code, again.json()["id"]) == (202, first["id"])


def test_a_key_waits_for_the_result_like_any_request(program: httpx.Client) -> None:
    headers = key() | {"Prefer": "wait=20"}
    first, again = (program.post("/api/analyze", json=QUESTION, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["idempotent-replayed"] == "true"


def test_ten_at_once_are_one(program: httpx.Client) -> None:
    headers = key()
    with ThreadPoolExecutor(10) as pool:
        answers = list(
            pool.map(
                lambda _: program.post("/api/analyze", json=QUESTION, headers=headers), range(10)
            )
        )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 9


def test_keys_of_two_owners_do_not_meet(
    program: httpx.Client, asked: tuple[httpx.Client, dict[str, Any]]
) -> None:
    headers = key()
    ids = {
        client.post("/api/analyze", json=QUESTION, headers=headers).json()["id"]
        for client in (program, asked[0])
    }
    assert len(ids) == 2


def test_a_refused_request_leaves_its_key_free(program: httpx.Client) -> None:
    headers = key()
    nowhere = QUESTION | {"session": str(uuid.uuid4())}
    assert program.post("/api/analyze", json=nowhere, headers=headers).status_code == 404
    assert program.post("/api/analyze", json=QUESTION, headers=headers).status_code == 202


@pytest.mark.parametrize("bad", ["", "a b", "x" * 256, "käse".encode().decode("latin-1")])
def test_a_key_that_is_none_is_named(program: httpx.Client, bad: str) -> None:
    headers = {b"Idempotency-Key": bad.encode("latin-1")}
    refused = program.post("/api/analyze", json=QUESTION, headers=headers)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "Idempotency-Key"


# -- In one process: what happens when the first one died, and how much is kept ------------------


@pytest.fixture
def viewer(transactional_db: None) -> Viewer:
    return Viewer(browser=uuid.uuid4())


@pytest.fixture
def asking(viewer: Viewer) -> Callable[[uuid.UUID], Analysis]:
    return lambda run_id: service.ask(viewer, "beta of GE", run_id=run_id)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "PATIENCE", 0.0)


@pytest.mark.stack
def test_a_first_request_that_died_before_its_work_is_done_by_the_next(
    viewer: Viewer, asking: Callable[..., Analysis], impatient: None
) -> None:
    kept, is_first = idempotency.claim(viewer.key, "k", idempotency.fingerprint("body"))
    assert is_first
    answer = idempotency.once(viewer, "k", "body", asking)
    assert not answer.replayed
    assert answer.body["id"] == str(kept.run_id)


@pytest.mark.stack
def test_a_first_request_that_died_after_its_work_is_not_done_again(
    viewer: Viewer, asking: Callable[..., Analysis], impatient: None
) -> None:
    kept, _ = idempotency.claim(viewer.key, "k", idempotency.fingerprint("body"))
    asking(kept.run_id)
    answer = idempotency.once(viewer, "k", "body", asking)
    assert answer.replayed
    assert Analysis.objects.count() == 1


@pytest.mark.stack
def test_two_that_both_dispatch_store_one(viewer: Viewer, asking: Callable[..., Analysis]) -> None:
    kept, _ = idempotency.claim(viewer.key, "k", "f")
    bodies = [idempotency.perform(viewer, kept, asking) for _ in range(2)]
    assert bodies[0]["id"] == bodies[1]["id"]
    assert Analysis.objects.count() == 1


@pytest.mark.stack
def test_what_is_refused_is_raised_and_forgotten(viewer: Viewer) -> None:
    def refuse(run_id: uuid.UUID) -> Analysis:
        raise SessionNotFound

    with pytest.raises(SessionNotFound):
        idempotency.once(viewer, "k", "body", refuse)
    assert not IdempotentRequest.objects.exists()


@pytest.mark.stack
def test_what_fails_unexpectedly_keeps_its_key_and_its_run(
    viewer: Viewer, asking: Callable[..., Analysis], impatient: None
) -> None:
    def fail(run_id: uuid.UUID) -> Analysis:
        asking(run_id)
        raise OSError("the answer was lost on its way")

    with pytest.raises(OSError):
        idempotency.once(viewer, "k", "body", fail)
    assert idempotency.once(viewer, "k", "body", asking).replayed
    assert Analysis.objects.count() == 1


@pytest.mark.stack
def test_keys_are_forgotten_after_a_day(viewer: Viewer, asking: Callable[..., Analysis]) -> None:
    idempotency.once(viewer, "k", "body", asking)
    with pytest.raises(KeyReused):
        idempotency.once(viewer, "k", "another body", asking)
    IdempotentRequest.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))
    assert not idempotency.once(viewer, "k", "another body", asking).replayed


@pytest.mark.stack
def test_an_owner_keeps_the_newest_keys(
    viewer: Viewer, asking: Callable[..., Analysis], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "MOST", 2)
    for name in "abcd":
        idempotency.once(viewer, name, "body", asking)
    kept = set(IdempotentRequest.objects.values_list("key", flat=True))
    assert kept == {"b", "c", "d"}
