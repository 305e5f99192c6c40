"""What the admin's pages share: history is looked at, quickly, and acted on with care.

Made for millions of events: no page counts or sorts them all (tests/progress/test_admin.py).
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

MOST = 10_000  # rows that are counted
SHOWN = 20  # of those that an action is about to change
CARRIED = ("action", "select_across", "index", "_selected_action")


class EstimatingPaginator(Paginator):
    """Counts to a bound; the size of a whole table is known to the database as an estimate."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # as ModelAdmin gives it
        found = rows.order_by()[: MOST + 1].count()
        if found <= MOST or rows.query.where:
            return found
        return max(found, estimate(rows))


def estimate(rows: QuerySet[Any]) -> int:
    """About how many rows the table has; without one, the bound."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            sql = "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass"
            cursor.execute(sql, [rows.model._meta.db_table])
            return cursor.fetchone()[0]
    newest = rows.model.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest if isinstance(newest, int) else MOST


class OneOf(admin.SimpleListFilter):
    """A filter whose values are known; Django would look for them in all rows."""

    values: ClassVar[tuple[str, ...]]

    @classmethod
    def of(cls, field: str, values: tuple[str, ...]) -> type[OneOf]:
        return type("OneOf", (cls,), {"title": field, "parameter_name": field, "values": values})

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, value) for value in self.values]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(**{str(self.parameter_name): chosen}) if chosen else queryset


class History(admin.ModelAdmin):
    """Read-only; staff sees what happened and does not rewrite it."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count all rows for each choice of a filter
    list_per_page = 50
    ids: ClassVar[tuple[str, ...]] = ("id",)  # those of `search_fields` that hold a UUID

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not by itself; what is somebody's goes with its owner, on the owner's own page."""
        page = (request.resolver_match and request.resolver_match.url_name) or ""
        is_here = page.startswith(f"{self.opts.app_label}_")
        return not is_here and super().has_delete_permission(request, obj)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may act on what they see: those who could change it elsewhere."""
        return request.user.has_perm(f"progress.change_{self.opts.model_name}")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By an id through its index, or by words; Django would look for ids as text, in all rows.

        The second of the pair says that no row can be there twice.
        """
        term = search_term.strip()
        words = [field for field in self.search_fields if field not in self.ids]
        try:
            wanted: dict[str, Any] = dict.fromkeys(self.ids, uuid.UUID(term))
        except ValueError:
            wanted = dict.fromkeys([f"{field}__icontains" for field in words], term)
        if not term:
            return queryset, False
        found = queryset.filter(Q(**wanted, _connector=Q.OR)) if wanted else queryset.none()
        return found, False


Action = Callable[[Any, HttpRequest, QuerySet[Any]], Any]


def confirmed(question: str) -> Callable[[Action], Action]:
    """An action that cannot be taken back: it is asked about on a page of its own first."""

    def decorate(action: Action) -> Action:
        @functools.wraps(action)
        def ask_first(self: Any, request: HttpRequest, chosen: QuerySet[Any]) -> Any:
            if "confirmed" in request.POST:
                return action(self, request, chosen)
            asked = {
                **self.admin_site.each_context(request),
                "title": question,
                "opts": self.opts,
                "shown": chosen[:SHOWN],
                "count": chosen.count(),
                "answers": [item for item in request.POST.lists() if item[0] in CARRIED],
            }
            return TemplateResponse(request, "progress/admin_confirm.html", asked)

        return ask_first

    return decorate
