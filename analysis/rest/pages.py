"""Lists that are long: a page at a time, newest first, from `?before=` on, `?limit=` at a time."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from analysis.rest.fields import asked_id, asked_number

T = TypeVar("T", bound=Model)

USUAL, MOST = 50, 100


def page(
    request: Request, newest: QuerySet[T], made: str, find: Callable[[uuid.UUID], T]
) -> tuple[list[T], str | None]:
    """The rows of the page, and the address of the next one.

    `made` is the lookup of the time of making; `find` looks up the row that `before` names.
    Raises QuestionRejected, and what `find` raises.
    """
    limit, before = asked_number(request, "limit", USUAL, 1, MOST), asked_id(request, "before")
    if before is not None:
        newest = newest.filter(older(find(before), made))
    rows = list(newest.order_by(f"-{made}", "-pk")[: limit + 1])
    return rows[:limit], after(request, rows[limit - 1]) if rows[limit:] else None


def older(row: Model, made: str) -> Q:
    """Of equal times the ids decide, so that no row falls between two pages."""
    at: Any = row
    for name in made.split("__"):
        at = getattr(at, name)
    return Q(**{f"{made}__lt": at}) | Q(**{made: at}, pk__lt=row.pk)


def after(request: Request, last: Model) -> str:
    query = request.query_params.copy()
    query["before"] = str(last.pk)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
