"""What all HTML pages share: the door around a view, and the frame around its content."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods

from analysis import limits, service
from analysis.errors import AnalysisError
from progress import service as progress

SESSIONS = 40

View = Callable[..., HttpResponse]

require_form = require_http_methods(["GET", "HEAD", "POST"])


def page(view: View) -> View:
    """A page: it hands out the CSRF cookie, and what is refused is said in words, with a way on."""

    @functools.wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            limits.admit_address(request)
            if request.method == "POST":
                limits.admit_owner(progress.viewer_of(request))
            return view(request, *args, **kwargs)
        except (AnalysisError, progress.ProgressError) as error:
            if error.status == 404:
                raise Http404(str(error)) from error
            return _refused(request, error)

    return ensure_csrf_cookie(door)


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    is_about_who = error.status in (401, 403, 429)  # who asks is itself what is refused
    around = {"action": "/"} if is_about_who else frame(request)
    page = render(request, "analysis/refused.html", {**around, "error": error}, status=error.status)
    if error.status == 429:
        page["Retry-After"] = error.retry_after
    return page


def frame(request: HttpRequest, session: Any = None) -> dict[str, Any]:
    """What every page shows around its content. Cookies hold how the reader likes it, so that the
    first paint is right without a script."""
    return {
        "session": session and session.id,
        "title": session and session.title,
        "action": f"/s/{session.id}" if session else "/",
        "sessions": service.sessions(service.viewer(request))[:SESSIONS],
        "theme": _one_of(request.COOKIES.get("theme"), "auto", "light", "dark"),
        "view": _one_of(request.COOKIES.get("view"), "split", "single"),
    }


def _one_of(value: str | None, default: str, *others: str) -> str:
    return value if value in others else default
