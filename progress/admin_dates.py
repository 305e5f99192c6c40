"""Drilling down by date without reading a table: years, months and days between two index ends.

Django's `date_hierarchy` asks for the distinct months of all rows; on a million events that takes
seconds. Here the first and the last row say what there may be.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone


class DrillDown(admin.SimpleListFilter):
    """`?on=2026`, then `?on=2026-11`, then `?on=2026-11-22`."""

    title = "date"
    parameter_name = "on"
    field: ClassVar[str]

    @classmethod
    def of(cls, field: str) -> type[DrillDown]:
        return type("DrillDown", (cls,), {"field": field})

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        ends = self._ends(model_admin.model)
        return list(choices(self.value() or "", *ends)) if ends else []

    def _ends(self, model: Any) -> tuple[dt.date, dt.date] | None:
        ordered = model.objects.order_by(self.field).values_list(self.field, flat=True)
        first, last = ordered.first(), ordered.last()
        if first is None or last is None:
            return None
        return timezone.localdate(first), timezone.localdate(last)

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = span(self.value() or "")
        if found is None:
            return queryset
        start, end = found
        return queryset.filter(**{f"{self.field}__gte": start, f"{self.field}__lt": end})


def choices(chosen: str, first: dt.date, last: dt.date) -> Iterator[tuple[str, str]]:
    """What may be chosen next: the way up, and the parts of what is chosen."""
    parts = chosen.split("-") if span(chosen) else []
    for depth in range(1, len(parts) + 1):
        above = "-".join(parts[:depth])
        yield above, label(above)
    if len(parts) == 0:
        for year in range(last.year, first.year - 1, -1):
            yield str(year), str(year)
    elif len(parts) == 1:
        for month in range(1, 13):
            yield f"{chosen}-{month:02}", label(f"{chosen}-{month:02}")
    elif len(parts) == 2:
        for day in range(1, calendar.monthrange(int(parts[0]), int(parts[1]))[1] + 1):
            yield f"{chosen}-{day:02}", label(f"{chosen}-{day:02}")


def label(chosen: str) -> str:
    parts = chosen.split("-")
    return " ".join([parts[0], *(calendar.month_abbr[int(m)] for m in parts[1:2]), *parts[2:]])


def span(chosen: str) -> tuple[dt.datetime, dt.datetime] | None:
    """The time of a year, a month or a day, in the admin's time zone; None for anything else."""
    try:
        numbers = [int(part) for part in chosen.split("-")]
        zone = timezone.get_current_timezone()
        start = dt.datetime(*[*numbers, 1, 1][:3], tzinfo=zone)  # type: ignore[misc,arg-type]
    except (ValueError, OverflowError, TypeError):
        return None
    if len(numbers) > 3 or not 1 < start.year < 9999:
        return None
    if len(numbers) == 3:
        return start, start + dt.timedelta(days=1)
    if len(numbers) == 1 or start.month == 12:
        return start, start.replace(year=start.year + 1, month=1)
    return start, start.replace(month=start.month + 1)
