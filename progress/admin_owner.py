"""A user in the admin: deleted with all that is theirs, which is counted and not listed.

Django's own page would read and list every row that goes, too, and events may be millions. A
project puts this in front of the admin class of its users:

    class PersonAdmin(OwnerAdmin, UserAdmin): ...
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .admin_history import SHOWN
from .errors import ProgressError
from .models import Run, Session
from .service import delete_session


class OwnerAdmin(admin.ModelAdmin):
    """Says what else goes before a user is deleted, and deletes nothing under a live run."""

    def get_deleted_objects(
        self, objs: QuerySet[Any] | Sequence[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """(names, how many of each model, models that may not be deleted, what forbids it)."""
        owners = list(objs)
        counts = counted(owners)
        sites = self.admin_site._registry
        kept = [m for m in counts if m in sites and not sites[m].has_delete_permission(request)]
        return (
            [str(owner) for owner in owners],
            {str(model._meta.verbose_name_plural): count for model, count in counts.items()},
            {str(model._meta.verbose_name) for model in kept},
            live_runs(owners),
        )

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for owner in queryset:
                self.delete_model(request, owner)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Each session is locked before it goes: no event and no run comes into it meanwhile."""
        try:
            with transaction.atomic():
                for session in Session.objects.filter(user=obj).values_list("id", flat=True):
                    delete_session(session)
                super().delete_model(request, obj)
        except ProgressError as error:
            raise PermissionDenied(str(error)) from error


def counted(owners: Sequence[models.Model]) -> dict[type[models.Model], int]:
    """How many rows of each model go with these users, themselves included."""
    if not owners:
        return {}
    lookups = belongings(type(owners[0]))
    found = {
        model: model._base_manager.filter(**{f"{path}__in": owners}).count()
        for model, path in lookups.items()
    }
    return {type(owners[0]): len(owners)} | {model: n for model, n in found.items() if n}


def belongings(owner: type[models.Model]) -> dict[type[models.Model], str]:
    """`{model: lookup}` of all that is deleted with an `owner`, each by its shortest way there."""
    found: dict[type[models.Model], str] = {}
    level: list[tuple[type[models.Model], str]] = [(owner, "")]
    for model, path in level:  # grows while it is read
        for field in cascading(model):
            if field.model not in found and field.model is not owner:
                found[field.model] = field.name + path
                level.append((field.model, f"__{field.name}{path}"))
    return found


def cascading(model: type[models.Model]) -> Iterable[Any]:
    """The foreign keys to `model` whose rows go with it."""
    for relation in model._meta.get_fields(include_hidden=True):
        if getattr(relation, "on_delete", None) is models.CASCADE and relation.auto_created:
            yield relation.remote_field


def live_runs(owners: Sequence[Any]) -> list[SafeString]:
    """What has to be cancelled first, in words, the first of them."""
    found = Run.objects.filter(session__user__in=owners, state__in=Run.LIVE)
    words = '<a href="{}">{}</a> is {}: cancel it first'
    return [
        format_html(words, reverse("admin:progress_run_change", args=[run.id]), run, run.state)
        for run in found.order_by("created_at")[:SHOWN]
    ]
