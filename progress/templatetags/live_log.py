"""`{% live_log session %}`: the log of one session, rendered on the server, live in the browser.

The template that uses it also links `progress/live-log.css` and loads `progress/live-log.js` as a
module. The filters `level`, `step`, `q` and `run` are read from the request's query.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import get_script_prefix

from progress import service
from progress.models import Event, Run
from progress.times import duration

register = template.Library()

LEVELS = {"info": ("•", "info"), "success": ("✓", "done"), "warning": ("⚠", "warn")}
LEVELS["error"] = ("✕", "error")
LABELS = {"": "All", "info": "Info", "success": "Done", "warning": "Warn", "error": "Error"}
FORMATS = ("csv", "json", "ndjson")
FILTERS = ("level", "step", "q", "run")
# Enough to fill a tall screen at the first paint; the browser fetches what is older.
FIRST_ROWS = 300
COUNTED = 50_000


@register.inclusion_tag("progress/log.html", takes_context=True)
def live_log(context: Mapping[str, Any], session: Any) -> dict[str, Any]:
    """`session` is a session's id, or None where it does not exist yet."""
    filters = filters_of(context.get("request"))
    page = newest(session, filters) if session else {"events": [], "head": 0, "first": 1}
    return {"session": session, "log": present(session, page, filters)}


def filters_of(request: Any) -> dict[str, str]:
    """What the address asks for; values that no event can have are left out."""
    query = request.GET if request else {}
    found = {name: query[name] for name in FILTERS if query.get(name)}
    return {name: value for name, value in found.items() if _possible(name, value)}


def _possible(name: str, value: str) -> bool:
    if name == "level":
        return value in LEVELS
    if name == "step":
        return bool(re.fullmatch(r"[0-9]{1,4}", value))
    if name == "run":
        return bool(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value))
    return "\0" not in value


def newest(session: Any, filters: Mapping[str, str]) -> dict[str, Any]:
    """The last events, or the first that match: a search begins at the start of the log."""
    if filters:
        return service.page(session, limit=FIRST_ROWS, **_wanted(filters))
    head = service.page(session, limit=1)["head"]
    return service.page(session, after=max(0, head - FIRST_ROWS), limit=FIRST_ROWS)


def _wanted(filters: Mapping[str, str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"run_id": filters.get("run"), "q": filters.get("q", "")[:200]}
    wanted["level"] = [filters["level"]] if "level" in filters else None
    wanted["step"] = int(filters["step"]) if "step" in filters else None
    return wanted


def present(session: Any, page: Mapping[str, Any], filters: Mapping[str, str]) -> dict[str, Any]:
    began = beginnings(session, page["events"]) if session else {}
    rows = list(rows_of(page["events"], began))
    events, base = page["events"], get_script_prefix().removesuffix("/")
    return {
        # A share of a step is an event of its own; the bars show it, a line would say nothing.
        "rows": [row for row in rows if row["message"]],
        "blank": {"level": "info", "kind": "log"},
        "first": page["first"],
        # What the browser fetches above: nothing where only matches are shown.
        "oldest": events[0]["seq"] if events and not filters else page["first"],
        "cursor": page["head"] if not events or filters else events[-1]["seq"],
        "base": base,
        "url": f"{base}/api/progress/{session}/events" if session else "",
        "query": f"&{urlencode(filters)}" if filters else "",
        "levels": _chips(session, page, filters),
        "kept": [(name, value) for name, value in filters.items() if name != "q"],
        "filters": filters,
        "filters_json": json.dumps(filters),
        "began_json": json.dumps(began),
        "formats": FORMATS,
        "scope": scope(filters, len(events) == FIRST_ROWS),
    }


def beginnings(session: Any, events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """When the first stored event came of each run that is shown, or goes on (ISO 8601).

    Lines count from there, though what is shown may begin in the middle of a run.
    """
    shown = {event["run"] for event in events if event["run"]}
    first = Event.objects.filter(run=OuterRef("id")).order_by("seq").values("created_at")[:1]
    runs = Run.objects.filter(Q(id__in=shown) | Q(state__in=Run.LIVE), session_id=session)
    found = runs.annotate(began=Subquery(first)).values_list("id", "began")
    return {str(run): began.isoformat() for run, began in found if began}


def rows_of(
    events: Iterable[Mapping[str, Any]], began: Mapping[str, str]
) -> Iterable[dict[str, Any]]:
    """Events as rows; the time since its run began stands beside each."""
    for event in events:
        at = moment(event["created_at"])
        since = at - moment(began.get(event["run"], event["created_at"]))
        yield {
            **event,
            "clock": at.astimezone(dt.UTC).strftime("%H:%M:%S.%f")[:12],
            "since": f"+{since.total_seconds():.3f}s" if event["run"] else "",
            "tag": " ".join(LEVELS[event["level"]]),
            "place": f"{event['step']}/{event['total_steps']}" if event["step"] else "",
            "took": f" · {duration(event['elapsed_ms'])}" if event["elapsed_ms"] else "",
        }


def moment(iso: str) -> dt.datetime:
    """To the millisecond, as browsers read it: a row that came live says the same later."""
    at = dt.datetime.fromisoformat(iso)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def scope(filters: Mapping[str, str], is_full: bool = False) -> str:
    """What is left out, in words; a full page of matches may not be all."""
    parts = []
    if "step" in filters:
        parts.append(f"step {filters['step']}")
    if "run" in filters:
        parts.append("one run")
    only = f"Only {' of '.join(parts)}. " if parts else ""
    first = f"The first {FIRST_ROWS} lines that match. " if filters and is_full else ""
    return only + first


def _chips(
    session: Any, page: Mapping[str, Any], filters: Mapping[str, str]
) -> list[dict[str, Any]]:
    counts = _counts(session, page)
    others = {name: value for name, value in filters.items() if name != "level"}
    return [
        {
            "value": level,
            "icon": LEVELS[level][0] if level else "",
            "label": label,
            "query": urlencode(others | ({"level": level} if level else {})),
            "chosen": level == filters.get("level", ""),
            "count": counts.get(level),
        }
        for level, label in LABELS.items()
    ]


def _counts(session: Any, page: Mapping[str, Any]) -> dict[str, int]:
    """Lines of each level; a log that is too long to be counted for each view goes without."""
    if not session or page["head"] - page["first"] > COUNTED:
        return {}
    events = Event.objects.filter(session_id=session).exclude(message="").order_by()
    return dict(events.values_list("level").annotate(Count("id")))
