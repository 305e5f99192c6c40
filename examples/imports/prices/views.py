import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from progress.service import (
    SessionNotFound,
    create_session,
    queue_run,
    remember,
    start_run,
    viewer_of,
    visible_session,
)

from .jobs import FILE, load


def page(request: HttpRequest, session: uuid.UUID | None = None) -> HttpResponse:
    try:
        if session is not None:
            visible_session(viewer_of(request), session)
    except SessionNotFound:
        raise Http404 from None
    return render(request, "prices/import.html", {"session": session})


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """The work goes on in the background; the next page shows it live."""
    session = create_session(remember(request), "Price import")
    title, kind = "Import prices", "import"
    queue_run(session.id, "prices.jobs.import_prices", title=title, kind=kind, total_steps=2)
    return redirect("log", session.id)


@require_POST
def start_here(request: HttpRequest) -> HttpResponse:
    """The work is done in the request itself, and can be watched from elsewhere meanwhile."""
    session = create_session(remember(request), "Price import")
    with start_run(session.id, "Import prices", kind="import", total_steps=2) as run:
        load(run, FILE)
    return redirect("log", session.id)


@require_POST
def research(request: HttpRequest) -> HttpResponse:
    session = create_session(remember(request), "Research")
    queue_run(session.id, "prices.agent.research", title="What did ACME cost?", kind="research")
    return redirect("log", session.id)
