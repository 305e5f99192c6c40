"""The HTML pages: doors on `service`, all of which also work as plain forms without JavaScript."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from analysis import archive, cards, service, tables
from analysis.completion import completions
from analysis.errors import AnalysisError
from analysis.pages import frame, page, require_form
from analysis.texts import LONGEST_QUESTION, SUGGESTIONS
from progress import service as progress

# Bubbles of one page, and those of them whose steps are filled from the log; `/history` has all.
SHOWN = 50
WITH_EVENTS = 10
EVENTS = 500
NO_TOKEN = "NOTPROVIDED"  # Django's own word for it


# -- Conversations -------------------------------------------------------------------------------


@require_form
@page
def conversation(request: HttpRequest, session_id: uuid.UUID | None = None) -> HttpResponse:
    """`/` opens a new conversation, `/s/{id}` one of the viewer's own; POST asks."""
    if request.method == "POST":
        return _ask(request, session_id)
    viewer = service.viewer(request)
    session = service.session(viewer, session_id) if session_id else None
    found = service.analyses(viewer, session_id).reverse()[:SHOWN] if session_id else ()
    return render(request, "analysis/page.html", _page(request, session, list(found)[::-1]))


def _ask(request: HttpRequest, session_id: uuid.UUID | None) -> HttpResponse:
    analysis = service.ask(
        service.viewer(request),
        request.POST.get("question", ""),
        session=session_id,
        assumptions=_assumptions(request.POST),
        refresh="refresh" in request.POST,
        request_id=service.request_id(request),
    )
    return _shown(analysis)


def _assumptions(form: QueryDict) -> dict[str, str]:
    """`assume-window=…`: of several the last one counts, which is the button that was pressed."""
    given = {
        name.removeprefix("assume-"): str(value)
        for name, value in form.items()
        if name.startswith("assume-")
    }
    return {slot: value for slot, value in given.items() if value.strip()}


def _shown(analysis: Any) -> HttpResponse:
    return redirect(f"/s/{analysis.session_id}#a-{analysis.id}")


def _page(request: HttpRequest, session: Any, analyses: list[Any]) -> dict[str, Any]:
    shown = _cards(analyses)
    return {
        **frame(request, session),
        "cards": shown,
        "blank": cards.blank(),
        "blank_error": {"tone": "error", "title": "Not done"},
        "live": any(card["live"] for card in shown),
        "waiting": any(card["status"] == "waiting" for card in shown),
        "suggestions": () if shown else SUGGESTIONS,
        "facts": _facts(),
    }


def _cards(analyses: list[Any]) -> list[dict[str, Any]]:
    old = len(analyses) - WITH_EVENTS
    return [_card(one, with_events=place >= old) for place, one in enumerate(analyses)]


def _card(analysis: Any, with_events: bool = True) -> dict[str, Any]:
    plain = service.represent(analysis)
    events: Iterable[dict[str, Any]] = ()
    if with_events:
        events = progress.page(plain["session"], limit=EVENTS, run=plain["run"])["events"]
    return cards.card(plain, events)


def _facts() -> Any:
    """What the first page says about the data; a broken market file must not take the page down."""
    try:
        return service.market().facts()
    except AnalysisError:
        return None


@require_safe
@page
def sessions(request: HttpRequest) -> HttpResponse:
    """`/sessions?current=`: the list at the side, for a page that has just begun a conversation."""
    context = {**frame(request), "session": request.GET.get("current")}
    return render(request, "analysis/sessions.html", context)


@require_POST
@page
def rename(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    service.rename(service.viewer(request), session_id, request.POST.get("title", ""))
    return redirect(f"/s/{session_id}")


@require_POST
@page
def delete(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    service.delete(service.viewer(request), session_id)
    return redirect("/")


# -- One analysis --------------------------------------------------------------------------------


@require_safe
@page
def bubble(request: HttpRequest, analysis_id: uuid.UUID) -> HttpResponse:
    """`/a/{id}`: one bubble, as the browser puts it into an open page.

    Scripts send the CSRF token in a header; without a new one each time what is alike is equal.
    """
    found = service.find(service.viewer(request), analysis_id)
    context = {"card": _card(found), "csrf_token": NO_TOKEN}
    return render(request, "analysis/bubble.html", context)


@require_POST
@page
def cancel(request: HttpRequest, analysis_id: uuid.UUID) -> HttpResponse:
    return _shown(service.cancel(service.viewer(request), analysis_id))


@require_POST
@page
def answer(request: HttpRequest, analysis_id: uuid.UUID) -> HttpResponse:
    form = request.POST
    text = None if form.get("choice") else form.get("text")
    viewer = service.viewer(request)
    return _shown(
        service.answer(viewer, analysis_id, form.get("ask", ""), form.get("choice"), text)
    )


@require_POST
@page
def retry(request: HttpRequest, analysis_id: uuid.UUID) -> HttpResponse:
    viewer = service.viewer(request)
    return _shown(service.retry(viewer, analysis_id, request_id=service.request_id(request)))


@require_safe
@page
def table(request: HttpRequest, analysis_id: uuid.UUID) -> HttpResponse:
    """`/a/{id}/table.csv`: every row of the result, raw values."""
    found = service.represent(service.find(service.viewer(request), analysis_id))
    if not found["table"]:
        raise Http404
    name = f'attachment; filename="tickertape-{analysis_id}.csv"'
    response = HttpResponse(tables.as_csv(found["table"]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = name
    return response


@require_safe
@page
def suggest(request: HttpRequest) -> HttpResponse:
    """`/suggest?q=`: what the question being typed may become, as options of the composer."""
    text = request.GET.get("q", "").replace("\0", "").lstrip()[:LONGEST_QUESTION]
    search = functools.partial(service.suggest, service.viewer(request))
    options = completions(text, search) if text else []
    return render(request, "analysis/suggestions.html", {"options": options})


# -- SQL and history -----------------------------------------------------------------------------


@require_form
@page
def sql(request: HttpRequest) -> HttpResponse:
    """`/sql?analysis={id}`: the SQL of an answer in an editor; POST runs it like a question."""
    viewer = service.viewer(request)
    origin = request.POST.get("analysis") or request.GET.get("analysis")
    source = service.find(viewer, origin) if origin else None
    if request.method == "POST":
        statement, session = request.POST.get("sql", ""), source.session_id if source else None
        request_id = service.request_id(request)
        return _shown(service.execute(viewer, statement, session=session, request_id=request_id))
    shown = service.represent(source)["sql"] if source else None
    context = {**frame(request), "source": source, "sql": shown or archive.EXAMPLE_SQL}
    return render(request, "analysis/sql.html", context)


@require_GET
@page
def history(request: HttpRequest) -> HttpResponse:
    """`/history`: the viewer's own past runs, newest first, searched and filtered by the query."""
    wanted = archive.Wanted.from_query(request.GET)
    found = archive.search(service.analyses(service.viewer(request)), wanted)
    shown = Paginator(found, archive.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **frame(request),
        "section": "history",
        "wanted": wanted,
        "states": cards.HEADLINES,
        "rows": [archive.row(analysis) for analysis in shown],
        "pages": shown,
        "query": wanted.query(),
    }
    return render(request, "analysis/history.html", context)
