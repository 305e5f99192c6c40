"""`{% live_log session %}`: the log of one session, rendered on the server, live in the browser.

The template that uses it also links `progress/live-log.css` and loads `progress/live-log.js` as a
module. The filters `level`, `step`, `q` and `run` are read from the request's query.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import template

from progress import service

register = template.Library()

LEVELS = {"info": ("•", "info"), "success": ("✓", "done"), "warning": ("⚠", "warn")}
LEVELS["error"] = ("✕", "error")
FORMATS = ("csv", "json", "ndjson")
FILTERS = ("level", "step", "q", "run")
# Enough to fill a tall screen at the first paint; the browser fetches what is older.
FIRST_ROWS = 300


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
        return value.isdecimal() and len(value) < 5
    if name == "run":
        return bool(re.fullmatch(r"[0-9a-f-]{36}", value))
    return "\0" not in value


def newest(session: Any, filters: Mapping[str, str]) -> dict[str, Any]:
    """The last events, or the first that match a filter: what matches is searched from the start."""
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
    rows = list(rows_of(page["events"]))
    return {
        "rows": rows,
        "blank": {"level": "info", "kind": "log"},
        "first": page["first"],
        "oldest": rows[0]["seq"] if rows else page["head"] + 1,
        "cursor": page["head"] if not rows or filters else rows[-1]["seq"],
        "url": f"/api/progress/{session}/events" if session else "",
        "query": f"&{urlencode(filters)}" if filters else "",
        "levels": [_chip(level, filters.get("level", "")) for level in ("", *LEVELS)],
        "filters": filters,
        "formats": FORMATS,
        "scope": scope(filters),
    }


def rows_of(events: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """Events as rows; the time since its run began stands beside each."""
    began: dict[Any, dt.datetime] = {}
    for event in events:
        at = dt.datetime.fromisoformat(event["created_at"])
        since = at - began.setdefault(event["run"], at)
        yield {
            **event,
            "clock": at.astimezone(dt.UTC).strftime("%H:%M:%S.%f")[:12],
            "since": f"+{since.total_seconds():.3f}s" if event["run"] else "",
            "tag": " ".join(LEVELS[event["level"]]),
            "place": f"{event['step']}/{event['total_steps']}" if event["step"] else "",
            "took": f" · {event['elapsed_ms'] / 1000:.2f} s" if event["elapsed_ms"] else "",
        }


def scope(filters: Mapping[str, str]) -> str:
    parts = []
    if "step" in filters:
        parts.append(f"step {filters['step']}")
    if "run" in filters:
        parts.append("one run")
    return f"Only {' of '.join(parts)}." if parts else ""


def _chip(level: str, chosen: str) -> dict[str, Any]:
    icon, _ = LEVELS.get(level, ("", ""))
    label = {"": "All", "info": "Info", "success": "Done", "warning": "Warn", "error": "Error"}[level]
    return {"value": level, "icon": icon, "label": label, "pressed": level == chosen, "count": None}
