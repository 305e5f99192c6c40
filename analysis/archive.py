"""Past analyses of one owner: what can be looked for, and what a line of the list says."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import QuerySet

from analysis import cards
from analysis.models import Analysis
from progress.service import duration, predicted, span, was_slow

PER_PAGE = 50
EXAMPLE_SQL = (
    "SELECT ticker, max(adj_close) AS highest\nFROM prices\nGROUP BY ticker\nORDER BY highest DESC"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of `/history`; what cannot be read is as if it were not given."""

    q: str = ""
    status: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    warned: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        status = query.get("status", "")
        return cls(
            q=query.get("q", "").replace("\0", "").strip()[:200],
            status=status if status in cards.HEADLINES else "",
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
            warned=query.get("warned") == "1",
        )

    def query(self) -> str:
        """The filters as they stand in an address, for the links to other pages."""
        given = {"q": self.q, "status": self.status, "since": self.since, "until": self.until}
        given["warned"] = "1" if self.warned else ""
        return urlencode({name: value for name, value in given.items() if value})


def search(own: QuerySet[Analysis], wanted: Wanted) -> QuerySet[Analysis]:
    found = own.order_by("-run__created_at")
    if wanted.q:
        found = found.filter(question__icontains=wanted.q)
    if wanted.status:
        found = found.filter(run__state=wanted.status)
    if wanted.since:
        found = found.filter(run__created_at__date__gte=wanted.since)
    if wanted.until:
        found = found.filter(run__created_at__date__lte=wanted.until)
    return found.filter(run__warnings__gt=0) if wanted.warned else found


def row(analysis: Analysis) -> dict[str, Any]:
    run = analysis.run
    return {
        "id": analysis.id,
        "session": analysis.session_id,
        "title": run.session.title,
        "question": analysis.question,
        "kind": analysis.kind,
        "status": run.state,
        "headline": cards.HEADLINES[run.state],
        "at": run.created_at,
        "took": duration(run.worked_ms) if run.finished_at and run.started_at else "",
        "predicted": span(predicted(run)),
        "slow": was_slow(run),
        "warnings": run.warnings,
        "cached": analysis.cached_at is not None,
    }


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
