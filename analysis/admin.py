"""What the operator reads about questions and answers; history is not changed here."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from rest_framework_api_key.models import APIKey

from analysis.models import AccessToken, Analysis, CachedAnswer, Message
from progress.service import duration


class ReadOnly(admin.ModelAdmin[Any]):
    """Looking and deleting only: what happened is not edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Analysis)
class AnalysisAdmin(ReadOnly):
    list_display = ("question_short", "kind", "status", "provider", "asked", "took", "is_cached")
    list_filter = ("kind", "run__state", "provider", ("cached_at", admin.EmptyFieldListFilter))
    search_fields = ("question", "request_id", "=run__id")
    list_select_related = ("run",)
    ordering = ("-run__created_at",)
    show_full_result_count = False  # a count of all rows costs more than the page
    exclude = ("intent", "outcome", "unsupported")
    readonly_fields = ("answer", "understood", "refused", "sql", "in_progress", "on_site")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Analysis]:
        # The stored tables are large; only one analysis at a time needs its own.
        found = super().get_queryset(request)
        return found.defer("outcome", "intent") if self.is_list(request) else found

    def is_list(self, request: HttpRequest) -> bool:
        match = request.resolver_match
        return match is not None and str(match.url_name).endswith("_changelist")

    @admin.display(description="question", ordering="question")
    def question_short(self, analysis: Analysis) -> str:
        return analysis.question[:100]

    @admin.display(ordering="run__state")
    def status(self, analysis: Analysis) -> str:
        return analysis.run.state

    @admin.display(ordering="run__created_at")
    def asked(self, analysis: Analysis) -> Any:
        return analysis.run.created_at

    @admin.display(description="time")
    def took(self, analysis: Analysis) -> str:
        run = analysis.run
        if run.started_at is None or run.finished_at is None:
            return ""
        return duration(run.worked_ms)

    @admin.display(boolean=True, description="cached")
    def is_cached(self, analysis: Analysis) -> bool:
        return analysis.cached_at is not None

    def answer(self, analysis: Analysis) -> str:
        return (analysis.outcome or {}).get("answer") or ""

    def sql(self, analysis: Analysis) -> SafeString:
        return format_html("<pre>{}</pre>", (analysis.outcome or {}).get("sql") or "")

    def understood(self, analysis: Analysis) -> SafeString:
        return as_json(analysis.intent)

    def refused(self, analysis: Analysis) -> SafeString:
        return as_json(analysis.unsupported)

    @admin.display(description="run and log")
    def in_progress(self, analysis: Analysis) -> SafeString:
        address = reverse("admin:progress_run_change", args=[analysis.run_id])
        return format_html('<a href="{}">{}</a>', address, analysis.run_id)

    @admin.display(description="on the site")
    def on_site(self, analysis: Analysis) -> SafeString:
        # The operator's browser does not own the session; the link is for the person it names.
        return format_html("<code>/s/{}</code>", analysis.session_id)


def as_json(value: Any) -> SafeString:
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ("created_at", "role", "__str__", "session_id")
    list_filter = ("role",)
    search_fields = ("text",)
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(CachedAnswer)
class CachedAnswerAdmin(ReadOnly):
    list_display = ("key", "created_at", "used_at")
    ordering = ("-used_at",)
    show_full_result_count = False


@admin.register(AccessToken)
class AccessTokenAdmin(ReadOnly):
    """The operator sees who may come in, and shuts doors; keys are made by their owners."""

    list_display = ("prefix", "name", "user", "scopes", "created", "expiry_date", "revoked")
    list_filter = ("revoked", "expiry_date")
    search_fields = ("prefix", "name", "user__username", "=browser")
    list_select_related = ("user",)
    exclude = ("id", "hashed_key")
    actions = ("revoke",)
    show_full_result_count = False

    @admin.action(description="Revoke the selected tokens", permissions=["delete"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[AccessToken]) -> None:
        self.message_user(request, f"{tokens.update(revoked=True)} tokens open nothing any more.")


# Keys of the library itself would open nothing here.
admin.site.unregister(APIKey)
