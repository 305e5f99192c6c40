"""All that `analysis` can do, for its doors: pages, REST, sockets, the command line."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

from analysis import context, history
from analysis.errors import AnalysisNotFound
from analysis.models import Analysis
from analysis.pipeline import STEPS
from analysis.representation import represent
from analysis.tasks import market
from analysis.texts import (
    LONGEST_QUERY,
    LONGEST_QUESTION,
    LONGEST_SQL,
    checked,
    checked_assumptions,
)
from progress import service as progress
from progress.service import Session, Viewer

__all__ = [
    "analyses",
    "answer",
    "ask",
    "cancel",
    "delete",
    "execute",
    "find",
    "market",
    "rename",
    "represent",
    "request_id",
    "retry",
    "search",
    "session",
    "sessions",
    "suggest",
    "viewer",
]

TASK = "analysis.tasks.run_analysis"


def viewer(request: HttpRequest) -> Viewer:
    """Who asks; whoever sends something becomes a known browser (a cookie in the response)."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return progress.viewer_of(request)
    return progress.remember(request)


def request_id(request: HttpRequest) -> str:
    """What the site calls this request; whatever is dispatched by it keeps the name."""
    return getattr(request, "request_id", "")


def ask(
    viewer: Viewer,
    question: str,
    *,
    session: uuid.UUID | str | None = None,
    assumptions: Mapping[str, str] | None = None,
    refresh: bool = False,
    retry_of: Analysis | None = None,
    **more: Any,
) -> Analysis:
    """Dispatch a question; the analysis is queued when this returns. Raises QuestionRejected."""
    return dispatch(
        viewer,
        Analysis.Kind.QUESTION,
        checked(question, "question", LONGEST_QUESTION),
        session=session,
        overrides=checked_assumptions(assumptions or {}),
        refresh=refresh,
        retry_of=retry_of,
        **more,
    )


def search(viewer: Viewer, query: str, **more: Any) -> Analysis:
    """Dispatch a context search. `more`: session, request_id, run_id (to dispatch it once)."""
    return dispatch(viewer, Analysis.Kind.SEARCH, checked(query, "query", LONGEST_QUERY), **more)


def execute(viewer: Viewer, sql: str, **more: Any) -> Analysis:
    """Dispatch a statement of SQL to the sandbox."""
    return dispatch(viewer, Analysis.Kind.EXECUTE, checked(sql, "sql", LONGEST_SQL), **more)


def dispatch(
    viewer: Viewer,
    kind: str,
    text: str,
    *,
    session: uuid.UUID | str | None = None,
    run_id: uuid.UUID | None = None,
    **fields: Any,
) -> Analysis:
    """Store session, run and analysis, and hand the run to the workers. Never computes."""
    viewer.require("analyze")
    owner = own_session(viewer, session) if session else progress.create_session(viewer, text)
    analysis = Analysis(
        run_id=run_id or uuid.uuid4(),
        kind=kind,
        question=text,
        provider=settings.ANALYSIS_PROVIDER,
        **fields,
    )
    run = progress.queue_run(
        owner.id,
        TASK,
        title=text,
        kind=kind,
        total_steps=len(STEPS) if kind == Analysis.Kind.QUESTION else 1,
        run_id=analysis.run_id,
        then=lambda: Analysis.objects.bulk_create([analysis]),
    )
    run.session = owner
    analysis.run = run
    return analysis


def own_session(viewer: Viewer, session: uuid.UUID | str) -> Session:
    return progress.visible_session(viewer, progress.session_of(session))


def analyses(viewer: Viewer, session: uuid.UUID | str | None = None) -> QuerySet[Analysis]:
    """The viewer's own analyses, oldest first; of one session where it is given."""
    own = Session.objects.visible_to(viewer)
    found = Analysis.objects.filter(run__session__in=own).select_related("run__session")
    if session is not None:
        found = found.filter(run__session_id=progress.session_of(session))
    return found.order_by("run__created_at")


def find(viewer: Viewer, analysis_id: uuid.UUID | str) -> Analysis:
    """One of the viewer's own. Raises AnalysisNotFound."""
    try:
        found = analyses(viewer).filter(run_id=uuid.UUID(str(analysis_id))).first()
    except ValueError:
        found = None
    if found is None:
        raise AnalysisNotFound
    return found


def cancel(viewer: Viewer, analysis_id: uuid.UUID | str) -> Analysis:
    """Stop it wherever it is. Idempotent; Conflict where it already ended otherwise."""
    found = find(viewer, analysis_id)
    progress.cancel(viewer, found.run_id)
    return find(viewer, analysis_id)


def answer(
    viewer: Viewer,
    analysis_id: uuid.UUID | str,
    ask: str,
    choice: str | None = None,
    text: str | None = None,
) -> Analysis:
    """Answer its question. Conflict where that is settled, BadParameter for what does not fit."""
    found = find(viewer, analysis_id)
    progress.answer(viewer, found.run_id, ask, choice, text)
    return find(viewer, analysis_id)


def retry(viewer: Viewer, analysis_id: uuid.UUID | str, **more: Any) -> Analysis:
    """The same again as a new attempt in the same session. Conflict while the first one is live."""
    found = find(viewer, analysis_id)
    if not found.run.is_final:
        raise progress.Conflict("this analysis is still at work; cancel it or wait for its end")
    return dispatch(
        viewer,
        found.kind,
        found.question,
        session=found.session_id,
        overrides=found.overrides,
        refresh=found.refresh,
        retry_of=found,
        **more,
    )


def sessions(viewer: Viewer) -> QuerySet[Session]:
    """The viewer's own sessions, newest first."""
    return Session.objects.visible_to(viewer).order_by("-created_at")


def session(viewer: Viewer, session_id: uuid.UUID | str) -> Session:
    """One of the viewer's own. Raises SessionNotFound."""
    return own_session(viewer, session_id)


def rename(viewer: Viewer, session_id: uuid.UUID | str, title: str) -> Session:
    """Give a conversation another title. Raises SessionNotFound."""
    viewer.require("analyze")
    own = Session.objects.visible_to(viewer).filter(id=progress.session_of(session_id))
    own.update(title=title.replace("\0", "").strip()[:200])
    return own_session(viewer, session_id)


def delete(viewer: Viewer, session_id: uuid.UUID | str) -> None:
    """Remove a conversation with all it holds. Conflict while something runs in it."""
    viewer.require("analyze")
    progress.delete_session(own_session(viewer, session_id).id)


def suggest(viewer: Viewer, text: str, limit: int = 8) -> list[dict[str, Any]]:
    """What the text may be about, while it is being typed, the viewer's past questions included."""
    past = history.past_questions(analyses(viewer))
    hits = context.search(text[:200], market().facts(), past, limit)
    return [dataclasses.asdict(hit) for hit in hits]
