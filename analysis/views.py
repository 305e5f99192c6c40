"""The HTML pages: doors on `service`, all of which also work as plain forms without JavaScript."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from progress import service as progress

from . import cards, service, tables
from .errors import AnalysisError

# Bubbles of one page, and those of them whose steps are filled from the log; `/history` has all.
SHOWN = 50
WITH_EVENTS = 10
EVENTS = 500
SESSIONS = 40


@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, session_id: uuid.UUID | None = None) -> HttpResponse:
    """`/` opens a new conversation, `/s/{id}` one of the viewer's own."""
    viewer = service.viewer(request)
    found = service.session(viewer, session_id) if session_id else None
    if request.method == "POST":
        return _ask(request, viewer, session_id)
    analyses = list(service.analyses(viewer, session_id))[-SHOWN:] if found else []
    return render(request, "analysis/page.html", _page(request, viewer, found, analyses))


def _ask(request: HttpRequest, viewer: Any, session_id: uuid.UUID | None) -> HttpResponse:
    """The form of a page without JavaScript; what is wrong with the question is shown above it."""
    try:
        analysis = service.ask(
            viewer,
            request.POST.get("question", ""),
            session=session_id,
            assumptions=_assumptions(request.POST),
            refresh="refresh" in request.POST,
        )
    except AnalysisError as error:
        return _problem(request, error)
    return redirect(f"/s/{analysis.session_id}#a-{analysis.pk}")


def _assumptions(form: QueryDict) -> dict[str, str]:
    """`assume-window=…` is a choice, `text-window=…` the person's own words, which win."""
    given = {k.removeprefix("assume-"): v for k, v in form.items() if k.startswith("assume-")}
    typed = {k.removeprefix("text-"): v for k, v in form.items() if k.startswith("text-")}
    return given | {slot: text for slot, text in typed.items() if text.strip()}


def _page(
    request: HttpRequest, viewer: Any, session: Any, analyses: Iterable[Any]
) -> dict[str, Any]:
    shown = _cards(analyses)
    return {
        **_frame(request, viewer, session),
        "cards": shown,
        "blank": cards.blank(),
        "blank_error": {"tone": "error"},
        "live": any(card["live"] for card in shown),
        "waiting": any(card["status"] == "waiting" for card in shown),
        "suggestions": () if shown else service.suggestions(),
    }


def _cards(analyses: Iterable[Any]) -> list[dict[str, Any]]:
    newest_first = reversed(list(analyses))
    shown = [_card(one, with_events=n < WITH_EVENTS) for n, one in enumerate(newest_first)]
    return shown[::-1]


def _card(analysis: Any, with_events: bool = True) -> dict[str, Any]:
    plain = service.represent(analysis)
    events = ()
    if with_events and plain.get("run"):
        page = progress.page(plain["session"], limit=EVENTS, run_id=plain["run"])
        events = page["events"]
    return cards.card(plain, events)


def _frame(request: HttpRequest, viewer: Any, session: Any = None) -> dict[str, Any]:
    """What every page shows around its content. Cookies hold how the reader likes it, so that the
    first paint is right without a script."""
    return {
        "session": session and session.id,
        "title": session and session.title,
        "action": f"/s/{session.id}" if session else "/",
        "sessions": service.sessions(viewer)[:SESSIONS],
        "theme": _one_of(request.COOKIES.get("theme"), "auto", "light", "dark"),
        "view": _one_of(request.COOKIES.get("view"), "split", "single"),
    }


def _one_of(value: str | None, default: str, *others: str) -> str:
    return value if value in (default, *others) else default


@require_GET
def bubble(request: HttpRequest, analysis_id: uuid.UUID) -> HttpResponse:
    """`/a/{id}`: one bubble as the browser puts it into an open page."""
    found = _own(request, analysis_id)
    return render(request, "analysis/fragment.html", {"card": _card(found)})


@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """`/sessions?current=`: the list at the side, for a page that has just begun a conversation."""
    listed = service.sessions(service.viewer(request))[:SESSIONS]
    context = {"sessions": listed, "session": request.GET.get("current")}
    return render(request, "analysis/sessions.html", context)


@require_GET
def table(request: HttpRequest, analysis_id: uuid.UUID) -> HttpResponse:
    """`/a/{id}/table.csv`: every row of the result, raw values."""
    plain = service.represent(_own(request, analysis_id))
    if not plain.get("table"):
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="tickertape-{analysis_id}.csv"'}
    return HttpResponse(
        tables.as_csv(plain["table"]), content_type="text/csv; charset=utf-8", headers=headers
    )


def _own(request: HttpRequest, analysis_id: uuid.UUID) -> Any:
    """An analysis that is not the viewer's does not exist for him."""
    viewer = service.viewer(request)
    found = service.analyses(viewer).filter(pk=analysis_id).first()
    if found is None:
        raise Http404
    return found
