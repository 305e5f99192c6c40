"""Sessions, runs, events and questions in the admin: history, to look at and not to edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import exports, runs
from .admin_dates import DrillDown
from .admin_history import History, OneOf, confirmed
from .emit import changed
from .errors import ProgressError
from .eta import predicted
from .events import KINDS, LEVELS
from .models import Ask, Event, Run, Session
from .sse import clear_log
from .timeline import picture
from .times import duration, span


def link(name: str, text: object, **query: object) -> SafeString:
    """A link to a list of the admin, filtered."""
    search = "&".join(f"{field}={value}" for field, value in query.items())
    return format_html('<a href="{}?{}">{}</a>', reverse(f"admin:progress_{name}"), search, text)


@admin.register(Session)
class SessionAdmin(History):
    list_display = ("id", "title", "user", "created_at", "stored")
    list_filter = (DrillDown.of("created_at"),)
    search_fields = ("id", "title", f"user__{get_user_model().USERNAME_FIELD}")
    list_select_related = ("user",)
    fields = ("id", "title", "user", "created_at", "stored", "runs", "log")
    ordering = ("-created_at",)
    actions = ("export", "clear")

    @admin.display(description="events")
    def stored(self, session: Session) -> int:
        return session.last_seq - session.first_seq + 1

    @admin.display(description="runs")
    def runs(self, session: Session) -> SafeString:
        return link("run_changelist", "Runs of this session", session__id__exact=session.id)

    @admin.display(description="log")
    def log(self, session: Session) -> SafeString:
        return link("event_changelist", "Events of this session", session__id__exact=session.id)

    @admin.action(description="Export the log (NDJSON)")
    def export(self, request: HttpRequest, sessions: QuerySet[Session]) -> StreamingHttpResponse:
        return download(session.events.order_by("seq") for session in sessions)

    @admin.action(description="Clear the log", permissions=["operate"])
    @confirmed("Remove all events of these sessions?")
    def clear(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        cleared = 0
        for session in sessions:
            try:
                clear_log(session.id)
                cleared += 1
            except ProgressError as error:
                self.message_user(request, f"{session}: {error}", messages.WARNING)
        self.message_user(request, f"Logs cleared: {cleared}")


@admin.register(Run)
class RunAdmin(History):
    list_display = (
        "title_short",
        "kind",
        "state",
        "created_at",
        "took",
        "foretold",
        "warnings",
        "error_code",
    )
    list_filter = ("state", DrillDown.of("created_at"))
    search_fields = ("id", "session_id", "title")
    ids = ("id", "session_id")
    ordering = ("-created_at",)
    exclude = ("checkpoint", "lease", "beats", "task", "session", "total_steps", "waited_ms")
    readonly_fields = ("took", "waited", "foretold", "timeline", "conversation", "log")
    actions = ("export", "stop")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).defer("checkpoint", "error")

    @admin.display(description="title")
    def title_short(self, run: Run) -> str:
        return (run.title or str(run.id))[:100]

    @admin.display(description="time")
    def took(self, run: Run) -> str:
        """Working time: what was spent on waiting for the user is left out."""
        return duration(run.worked_ms) if run.started_at and run.finished_at else ""

    @admin.display(description="waited for an answer")
    def waited(self, run: Run) -> str:
        return duration(run.waited_ms or None)

    @admin.display(description="predicted")
    def foretold(self, run: Run) -> str:
        """What was expected when it was created: the 50th to the 80th percentile of its kind."""
        return span(predicted(run))

    @admin.display(description="timeline")
    def timeline(self, run: Run) -> SafeString:
        return picture(run)

    @admin.display(description="session")
    def conversation(self, run: Run) -> SafeString:
        url = reverse("admin:progress_session_change", args=[run.session_id])
        return format_html('<a href="{}">{}</a>', url, run.session_id)

    @admin.display(description="log")
    def log(self, run: Run) -> SafeString:
        return link("event_changelist", "Events of this run", run__id__exact=run.id)

    @admin.action(description="Export the log (NDJSON)")
    def export(self, request: HttpRequest, found: QuerySet[Run]) -> StreamingHttpResponse:
        return download(run.events.order_by("seq") for run in found)

    @admin.action(description="Cancel", permissions=["operate"])
    @confirmed("Cancel these runs?")
    def stop(self, request: HttpRequest, found: QuerySet[Run]) -> None:
        asked = 0
        for run in found:
            try:
                changed(runs.cancel(run.id))
                asked += 1
            except ProgressError as error:
                self.message_user(request, f"{run}: {error}", messages.WARNING)
        self.message_user(request, f"Runs cancelled, or about to be: {asked}")


@admin.register(Event)
class EventAdmin(History):
    list_display = ("seq", "created_at", "kind", "level", "message_short", "step", "took")
    list_filter = (
        OneOf.of("level", LEVELS),
        OneOf.of("kind", KINDS),
        DrillDown.of("created_at"),
    )
    search_fields = ids = ("session_id", "run_id")
    search_help_text = "The id of a session or of a run."
    # One index serves the order and the dates; by id a day among millions would be sorted out.
    ordering = ("-created_at", "-id")
    sortable_by = ()
    fields = ("session", "seq", "run", "kind", "level", "message", "step", "total_steps")
    fields += ("took", "data", "created_at")  # type: ignore[assignment]

    @admin.display(description="message")
    def message_short(self, event: Event) -> str:
        return event.message[:160]

    @admin.display(description="time")
    def took(self, event: Event) -> str:
        return duration(event.elapsed_ms)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in ("session__id__exact", "run__id__exact") or super().lookup_allowed(
            lookup, value, request  # type: ignore[arg-type]
        )  # fmt: skip


@admin.register(Ask)
class AskAdmin(History):
    list_display = ("question", "state", "answer", "created_at", "expires_at", "settled_at")
    list_filter = ("state", DrillDown.of("created_at"))
    search_fields = ("id", "run_id", "question")
    ids = ("id", "run_id")
    ordering = ("-created_at",)


def download(logs: Iterable[QuerySet[Event]]) -> StreamingHttpResponse:
    """The logs as one file of NDJSON."""
    return exports.download(exports.ndjson(list(logs)), f"progress-{dt.date.today()}.ndjson")
