"""Webhooks over REST, on a real server."""

import dataclasses
import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from progress import service
from progress.access import ALL_SCOPES, Viewer
from progress.errors import Conflict
from progress.models import Delivery, Webhook
from progress.webhooks import actions
from progress.webhooks.courier import Courier
from tests.progress.house import House

PATH = "/api/webhooks"


@pytest.fixture
def create(house, receiver):
    async def post(**fields: Any) -> httpx.Response:
        return await house.http.post(PATH, json={"url": receiver.url, **fields})

    return post


async def test_a_webhook_is_created_and_its_secret_shown_once(house, create):
    made = await create(description="Mine", kinds=["state", "ask"], final_only=False)
    assert made.status_code == 201
    body = made.json()
    assert made.headers["location"] == body["links"]["self"] == f"{PATH}/{body['id']}"
    assert body["secret"].startswith("whsec_") and body["kinds"] == ["ask", "state"]
    one = (await house.http.get(made.headers["location"])).json()
    [listed] = (await house.http.get(PATH)).json()["webhooks"]
    assert one == listed == {name: body[name] for name in body if name != "secret"}


async def test_a_webhook_can_be_changed_and_deleted(house, create):
    path = (await create()).headers["location"]
    changed = await house.http.patch(path, json={"levels": ["error"], "active": False})
    assert changed.json()["levels"] == ["error"] and changed.json()["active"] is False
    assert (await house.http.delete(path)).status_code == 204
    assert (await house.http.get(path)).status_code == 404


async def test_switching_on_again_closes_the_circuit(house, create):
    path = (await create()).headers["location"]
    long_ago = timezone.now() - dt.timedelta(days=6)
    await Webhook.objects.aupdate(
        active=False, failures=9, failing_since=long_ago, disabled_reason="gone"
    )
    body = (await house.http.patch(path, json={"active": True})).json()
    assert (body["active"], body["failures"], body["disabled_reason"]) == (True, 0, None)
    assert (await Webhook.objects.aget()).failing_since is None  # or the next failure ends it


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "http://example.com/x"}, "url"),
        ({"url": "https://10.0.0.1/x"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": None}, "url"),
        ({"kinds": ["nonsense"]}, "kinds"),
        ({"kinds": "log"}, "kinds"),
        ({"kinds": [["log"]]}, "kinds"),
        ({"levels": [5]}, "levels"),
        ({"final_only": "yes"}, "final_only"),
        ({"description": "x" * 201}, "description"),
        ({"description": "a\nb"}, "description"),
        ({"session": 5}, "session"),
        ({"secret": "mine"}, "secret"),
    ],
)
async def test_a_field_that_does_not_fit_is_named(house, create, fields, field):
    refused = await create(**fields)
    assert refused.status_code == 400, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert not await Webhook.objects.aexists()


async def test_the_url_is_required(house):
    refused = await house.http.post(PATH, json={})
    assert refused.json()["errors"] == [{"field": "url", "message": "this field is required"}]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"url=x", "application/x-www-form-urlencoded", 415),
        (b'{"description": "' + b"x" * 20_000 + b'"}', "application/json", 413),
    ],
)
async def test_a_body_that_is_no_small_json_object_is_refused(house, content, kind, status):
    refused = await house.http.post(PATH, content=content, headers={"content-type": kind})
    assert refused.status_code == status


async def test_a_session_of_somebody_else_cannot_be_subscribed_to(house, create):
    other = await house_of_another_session()
    assert (await create(session=str(other))).status_code == 404


async def house_of_another_session() -> uuid.UUID:
    other = Viewer(browser=uuid.uuid4())
    return (await service.in_thread(service.create_session, other)).id


async def test_there_is_a_limit_for_each_owner(create, configure):
    configure(webhooks_per_owner=2)
    assert [(await create()).status_code for _ in range(3)] == [201, 201, 409]


AT_ONCE = 8


def subscribe_together(viewer: Viewer, url: str) -> list[str]:
    """How each of some requests ends that come at the same moment."""
    start = threading.Barrier(AT_ONCE)

    def create_one(_: int) -> str:
        start.wait(30)
        try:
            actions.create(viewer, {"url": url})
        except Conflict:
            return "refused"
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sorted(threads.map(create_one, range(AT_ONCE)))


@pytest.mark.stack
def test_requests_at_the_same_moment_do_not_overstep_the_limit(
    session, viewer, receiver, configure
):
    configure(webhooks_per_owner=3)
    for _ in range(5):
        Webhook.objects.all().delete()
        outcomes = subscribe_together(viewer, receiver.url)
        assert outcomes == ["made"] * 3 + ["refused"] * (AT_ONCE - 3)


async def test_others_do_not_see_a_webhook(house, create, subscribe, session):
    path = (await create()).headers["location"]
    service.progress_info_sync(session.id, "one")
    await service.in_thread(service.drain, 10)
    message = (await house.http.get(f"{path}/deliveries")).json()["deliveries"][0]["id"]
    stranger = House(Viewer(browser=uuid.uuid4())).cookies
    house.http.cookies.clear()
    for cookies, status in ((stranger, 404), ({}, 401)):
        async with httpx.AsyncClient(base_url=house.http.base_url, cookies=cookies) as http:
            answers = [
                await http.get(path),
                await http.patch(path, json={"active": False}),
                await http.delete(path),
                await http.post(f"{path}/rotate"),
                await http.get(f"{path}/deliveries"),
                await http.post(f"{path}/deliveries/{message}/redeliver"),
            ]
            assert [answer.status_code for answer in answers] == [status] * 6
    assert (await Webhook.objects.aget()).active


def test_a_ticket_for_one_session_shows_no_webhook(session, viewer, subscribe):
    webhook = subscribe()
    assert list(actions.webhooks(viewer)) == [webhook]
    assert not actions.webhooks(dataclasses.replace(viewer, only=session.id)).exists()


def test_a_webhook_of_a_user_is_not_its_browsers(viewer, subscribe, admin_user):
    subscribe()
    Webhook.objects.update(user=admin_user)
    assert not actions.webhooks(viewer).exists()


def test_a_token_needs_the_admin_scope_to_change_webhooks(session, viewer, subscribe):
    webhook = subscribe()
    token = dataclasses.replace(viewer, by_token=True, scopes=ALL_SCOPES - {"admin"})
    assert actions.find(token, webhook.id) == webhook
    for change in (
        lambda: actions.create(token, {"url": webhook.url}),
        lambda: actions.change(token, webhook.id, {}),
        lambda: actions.delete(token, webhook.id),
        lambda: actions.rotate(token, webhook.id),
        lambda: actions.redeliver(token, webhook.id, uuid.uuid4()),
    ):
        with pytest.raises(service.PermissionDenied):
            change()


async def test_a_request_of_another_site_is_refused(house, create):
    path = (await create()).headers["location"]
    foreign = {"origin": "https://evil.example"}
    assert (await house.http.delete(path, headers=foreign)).status_code == 403


async def test_rotation_gives_a_new_secret_and_says_how_long_the_old_one_lives(house, create):
    made = (await create()).json()
    rotated = (await house.http.post(made["links"]["rotate"])).json()
    assert rotated["secret"] != made["secret"]
    assert rotated["old_secret_until"] > rotated["created_at"]
    assert (await Webhook.objects.aget()).old_secret == made["secret"]


async def test_the_delivery_log_tells_each_attempt(house, create, session, receiver):
    receiver.answers = [500]
    path = (await create()).headers["location"]
    await service.progress_info(session.id, "one")
    await service.in_thread(service.drain, 10)
    await Courier().round()
    [delivery] = (await house.http.get(f"{path}/deliveries")).json()["deliveries"]
    assert (delivery["state"], delivery["attempts"], delivery["status_code"]) == (
        "delivered",
        2,
        204,
    )
    assert [line["status_code"] for line in delivery["log"]] == [500, 204]
    assert receiver.received[0].message == delivery["id"]


async def test_deliveries_come_in_pages_newest_first(house, create, session):
    path = (await create()).headers["location"]
    for number in range(5):
        await service.progress_info(session.id, f"{number}")
    await service.in_thread(service.drain, 10)
    page = (await house.http.get(f"{path}/deliveries?limit=2&state=pending")).json()
    seen = [row["seq"] for row in page["deliveries"]]
    while page["next"]:
        page = (await house.http.get(page["next"])).json()
        seen += [row["seq"] for row in page["deliveries"]]
    assert seen == [5, 4, 3, 2, 1]


async def test_a_delivery_is_sent_again_on_request(house, create, session, receiver):
    path = (await create()).headers["location"]
    await service.progress_info(session.id, "one")
    await service.in_thread(service.drain, 10)
    await Courier().round()
    [delivery] = (await house.http.get(f"{path}/deliveries")).json()["deliveries"]
    again = await house.http.post(delivery["links"]["redeliver"])
    assert again.status_code == 202 and again.json()["state"] == "pending"
    await Courier().round()
    assert [got.message for got in receiver.received] == [delivery["id"]] * 2


async def test_nothing_is_sent_again_to_a_webhook_that_is_switched_off(house, create, session):
    path = (await create()).headers["location"]
    await service.progress_info(session.id, "one")
    await service.in_thread(service.drain, 10)
    [delivery] = (await house.http.get(f"{path}/deliveries")).json()["deliveries"]
    await house.http.patch(path, json={"active": False})
    assert (await house.http.post(delivery["links"]["redeliver"])).status_code == 409


async def test_wrong_methods_and_unknown_deliveries_are_told(house, create):
    path = (await create()).headers["location"]
    refused = await house.http.put(path, json={})
    assert refused.status_code == 405 and "PATCH" in refused.headers["allow"]
    missing = await house.http.post(f"{path}/deliveries/{uuid.uuid4()}/redeliver")
    assert missing.json()["code"] == "delivery_not_found"


def test_the_admin_shows_webhooks_and_never_their_secrets(admin_client, session, subscribe):
    webhook = subscribe()
    service.progress_info_sync(session.id, "one")
    service.drain(10)
    delivery = Delivery.objects.get()
    for page in (
        "/admin/progress/webhook/",
        f"/admin/progress/webhook/{webhook.id}/change/",
        f"/admin/progress/delivery/?q={delivery.message}",
        f"/admin/progress/delivery/{delivery.id}/change/",
    ):
        shown = admin_client.get(page)
        assert shown.status_code == 200
        assert webhook.secret not in shown.content.decode()


def test_the_operator_switches_off_and_sends_again_in_the_admin(admin_client, session, subscribe):
    webhook = subscribe()
    service.progress_info_sync(session.id, "one")
    service.drain(10)
    Delivery.objects.update(state=Delivery.State.FAILED, attempts=9)
    act(admin_client, "delivery", "send_again", Delivery.objects.get().pk)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (Delivery.State.PENDING, 0)
    act(admin_client, "webhook", "switch_off", webhook.pk)
    webhook.refresh_from_db()
    assert (webhook.active, webhook.disabled_reason) == (False, "switched off by the operator")


def act(admin_client: Any, model: str, action: str, chosen: Any) -> None:
    form = {"action": action, "_selected_action": [str(chosen)], "confirmed": "yes"}
    assert admin_client.post(f"/admin/progress/{model}/", form).status_code == 302
