"""Webhooks over REST: `/api/webhooks` and below. Include `progress.webhooks.urls`."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse

from progress import layer
from progress.access import Viewer, aviewer_of
from progress.conf import conf
from progress.door import MAX_SEQ, door, one_of, whole_number
from progress.errors import BadParameter, NotAuthenticated, ProgressError
from progress.events import rfc3339
from progress.log import created_microseconds
from progress.models import Delivery, Webhook
from progress.threads import in_commander, in_reader
from progress.webhooks import actions
from progress.webhooks.addresses import AddressRefused, checked_url, resolve

LARGEST_BODY = 16_384
PATIENCE = 2.0  # seconds for a name to be looked up while somebody waits
PAGE = 50


class TooLarge(ProgressError):
    """The body is too large."""

    code = "too_large"
    status = 413


class WrongType(ProgressError):
    """Send JSON with Content-Type: application/json."""

    code = "unsupported_media_type"
    status = 415


async def listed(request: HttpRequest) -> HttpResponse:
    viewer = await somebody(request)
    found = await in_reader(lambda: list(actions.webhooks(viewer)))
    return JsonResponse({"webhooks": [represent(webhook) for webhook in found]})


async def create(request: HttpRequest) -> HttpResponse:
    viewer = await somebody(request)
    fields = body_of(request)
    await check_address(fields)
    made = await in_commander(actions.create, viewer, fields)
    await until_known()
    answer = represent(made) | {"secret": made.secret}
    return JsonResponse(answer, status=201, headers={"Location": answer["links"]["self"]})


async def until_known() -> None:
    """Other processes look for a first webhook every second: afterwards none misses an event."""
    if layer.reaches_others():
        await asyncio.sleep(conf().webhook_notice)


async def one(request: HttpRequest, webhook: uuid.UUID) -> HttpResponse:
    viewer = await somebody(request)
    return JsonResponse(represent(await in_reader(actions.find, viewer, webhook)))


async def change(request: HttpRequest, webhook: uuid.UUID) -> HttpResponse:
    viewer = await somebody(request)
    fields = body_of(request)
    await check_address(fields)
    return JsonResponse(represent(await in_commander(actions.change, viewer, webhook, fields)))


async def delete(request: HttpRequest, webhook: uuid.UUID) -> HttpResponse:
    viewer = await somebody(request)
    await in_commander(actions.delete, viewer, webhook)
    return HttpResponse(status=204)


async def rotate(request: HttpRequest, webhook: uuid.UUID) -> HttpResponse:
    viewer = await somebody(request)
    rotated = await in_commander(actions.rotate, viewer, webhook)
    assert rotated.old_secret_until is not None
    until = moment(rotated.old_secret_until)
    return JsonResponse(represent(rotated) | {"secret": rotated.secret, "old_secret_until": until})


async def deliveries(request: HttpRequest, webhook: uuid.UUID) -> HttpResponse:
    viewer = await somebody(request)
    before = whole_number(request, "before", 0, 0, MAX_SEQ)
    limit = whole_number(request, "limit", PAGE, 1, 500)
    state = one_of(request, "state", "", tuple(Delivery.State.values))
    rows = await in_reader(page_of, viewer, webhook, before, limit + 1, state)
    more = len(rows) > limit
    answer: dict[str, Any] = {"deliveries": [represent_delivery(row) for row in rows[:limit]]}
    answer["next"] = next_url(request, rows[limit - 1].id) if more else None
    return JsonResponse(answer)


def page_of(
    viewer: Viewer, webhook: uuid.UUID, before: int, limit: int, state: str
) -> list[Delivery]:
    found = actions.deliveries(viewer, webhook)
    found = found.filter(id__lt=before) if before else found
    found = found.filter(state=state) if state else found
    return list(found[:limit])


def next_url(request: HttpRequest, before: int) -> str:
    query = request.GET.copy()
    query["before"] = str(before)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


async def redeliver(request: HttpRequest, webhook: uuid.UUID, delivery: uuid.UUID) -> HttpResponse:
    viewer = await somebody(request)
    again = await in_commander(actions.redeliver, viewer, webhook, delivery)
    return JsonResponse(represent_delivery(again), status=202)


async def somebody(request: HttpRequest) -> Viewer:
    viewer = await aviewer_of(request)
    if viewer.is_nobody:
        raise NotAuthenticated
    return viewer


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body. Raises WrongType, TooLarge or BadParameter."""
    if request.content_type != "application/json":
        raise WrongType
    try:
        raw = request.body
    except RequestDataTooBig:
        raise TooLarge from None
    if len(raw) > LARGEST_BODY:
        raise TooLarge
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadParameter("body", "not JSON") from None
    if not isinstance(fields, dict):
        raise BadParameter("body", "a JSON object is wanted")
    return fields


async def check_address(fields: dict[str, Any]) -> None:
    """Tell about a private address at once; every attempt checks it again. A name that does not
    resolve now may do so later."""
    if "url" not in fields:
        return
    url = checked_url(fields["url"])
    try:
        async with asyncio.timeout(PATIENCE):
            await resolve(url)
    except AddressRefused as error:
        raise BadParameter("url", str(error)) from None
    except (OSError, TimeoutError, UnicodeError):
        pass


def represent(webhook: Webhook) -> dict[str, Any]:
    path = f"/api/webhooks/{webhook.id}"
    return {
        "id": str(webhook.id),
        "url": webhook.url,
        "description": webhook.description,
        "session": webhook.session_id and str(webhook.session_id),
        "kinds": webhook.kinds,
        "levels": webhook.levels,
        "final_only": webhook.final_only,
        "active": webhook.active,
        "disabled_reason": webhook.disabled_reason or None,
        "failures": webhook.failures,
        "paused_until": moment(webhook.open_until),
        "created_at": moment(webhook.created_at),
        "links": {"self": path, "deliveries": f"{path}/deliveries", "rotate": f"{path}/rotate"},
    }


def represent_delivery(delivery: Delivery) -> dict[str, Any]:
    path = f"/api/webhooks/{delivery.webhook_id}/deliveries/{delivery.message}"
    pending = delivery.state == Delivery.State.PENDING
    return {
        "id": str(delivery.message),
        "session": str(delivery.session_id),
        "seq": delivery.seq,
        "kind": delivery.kind,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "next_at": moment(delivery.next_at) if pending else None,
        "status_code": delivery.status_code,
        "error": delivery.error or None,
        "log": delivery.log,
        "created_at": moment(delivery.created_at),
        "delivered_at": moment(delivery.delivered_at),
        "links": {"redeliver": f"{path}/redeliver"},
    }


def moment(value: dt.datetime | None) -> str | None:
    return None if value is None else rfc3339(created_microseconds(value))


webhooks_door = door(get=listed, post=create)
webhook_door = door(get=one, patch=change, delete=delete)
rotate_door = door(post=rotate)
deliveries_door = door(get=deliveries)
redeliver_door = door(post=redeliver)
