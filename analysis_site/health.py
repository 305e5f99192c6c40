"""Whether this process lives, and whether it can do its work: for supervisors and proxies."""

import asyncio
from collections.abc import Awaitable, Callable

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from analysis import service
from progress.loop import home
from progress.metrics import exposition
from progress.threads import in_reader

PATIENCE = 1.0  # seconds; a proxy gives up on an answer after a few


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Says nothing about what it depends on, so that nobody restarts it."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Each dependency as "ok" or what it says; 503 when the database does not answer.

    Without the channel layer or price data the site still serves, in a slower or smaller way.
    """
    checks = {name: outcome(check) for name, check in CHECKS.items()}
    is_ready = checks["database"] == "ok"
    state = "ok" if set(checks.values()) == {"ok"} else "degraded"
    body = {"status": state if is_ready else "unavailable", "checks": checks}
    return JsonResponse(body, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The delivery's numbers for Prometheus; a proxy should keep strangers away from them."""
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:
        return type(error).__name__  # its words may hold addresses
    return "ok"


def database() -> None:
    in_time(in_reader(ask_database))


def ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def channel_layer() -> None:
    if settings.REDIS_URL:
        in_time(get_channel_layer().send("health", {"type": "health"}))


def in_time(check: Awaitable[None]) -> None:
    """Wait for it, but not for a server that stands still. Raises TimeoutError."""

    async def bounded() -> None:
        async with asyncio.timeout(PATIENCE):
            await check

    asyncio.run_coroutine_threadsafe(bounded(), home()).result()


def market() -> None:
    service.market().facts()


CHECKS = {"database": database, "channel_layer": channel_layer, "market": market}
