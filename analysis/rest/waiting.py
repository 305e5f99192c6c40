"""`Prefer: wait=N` (RFC 7240): answer 200 with the result if it is there within N seconds."""

from __future__ import annotations

import re
import threading
import uuid
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from rest_framework.response import Response
from rest_framework.views import APIView

from analysis.models import Analysis
from analysis.representation import represent
from progress.service import SessionNotFound, in_thread, run_rests

LONGEST = 60.0
MOST = 200  # requests that wait in one process; others hear 202 at once, as the standard allows
places = threading.BoundedSemaphore(MOST)
WAIT = re.compile(r'(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=[,;]|$)', re.IGNORECASE)


def waits(view_class: type[APIView]) -> Any:
    """The view's door that waits, on the loop, for views that answer 202.

    The request's own thread is idle meanwhile: Django keeps one for as long as a request lasts, so
    there is a bound. Its connection goes back to the pool, which others need.
    """
    inner = view_class.as_view()
    inside, let_go = sync_to_async(inner), sync_to_async(close_old_connections)

    async def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = await inside(request, **kwargs)
        seconds = preferred(request)
        if response.status_code != 202 or seconds is None or not places.acquire(blocking=False):
            return response
        try:
            await let_go()
            return await later(response, seconds)
        finally:
            places.release()

    # What documentation and CSRF middleware look for on a class-based view.
    view.cls = view_class  # type: ignore[attr-defined]
    view.initkwargs = {}  # type: ignore[attr-defined]
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def preferred(request: HttpRequest) -> float | None:
    found = WAIT.search(request.headers.get("Prefer", ""))
    return min(float(found[1]), LONGEST) if found else None


async def later(response: Response, seconds: float) -> Response:
    """The 202 with what there is now, as 200 where that is the result."""
    session, run = uuid.UUID(response.data["session"]), uuid.UUID(response.data["run"])
    try:
        rests = await run_rests(session, run, seconds)
        response.data = await in_thread(now, run)
    except (SessionNotFound, Analysis.DoesNotExist):
        return response  # deleted meanwhile; that it was queued stays true
    response.status_code = 200 if rests else 202
    response["Preference-Applied"] = f"wait={seconds:g}"
    return response


def now(run: uuid.UUID) -> dict[str, Any]:
    return represent(Analysis.objects.select_related("run").get(run_id=run))
