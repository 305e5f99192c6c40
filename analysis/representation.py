"""An analysis as the API gives it; the one shape for REST, sockets, pages and the terminal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from analysis.intent import Intent
from analysis.models import Analysis
from analysis.outcome import interpretation
from progress.service import Ask, Run, eta, predicted, slow_in

NOTHING: dict[str, Any] = {
    "answer": None,
    "note": None,
    "table": None,
    "chart": None,
    "sql": None,
    "data_through": None,
    "follow_ups": [],
}


def represent(analysis: Analysis) -> dict[str, Any]:
    """Plain JSON types; times in RFC 3339 (UTC), durations in milliseconds."""
    run = analysis.run
    return {
        "id": str(run.id),
        "session": str(run.session_id),
        "run": str(run.id),
        "kind": analysis.kind,
        "question": analysis.question,
        "status": run.state,
        "interpretation": interpreted(analysis),
        "assumptions": analysis.overrides,
        **NOTHING,
        **(analysis.outcome or {}),
        "cached": analysis.cached_at is not None,
        "cached_at": moment(analysis.cached_at),
        "ask": open_ask(run),
        "error": error(run),
        "unsupported": analysis.unsupported,
        "warnings": run.warnings,
        "retry_of": analysis.retry_of_id and str(analysis.retry_of_id),
        "request_id": analysis.request_id or None,
        "step": run.step,
        "total_steps": run.total_steps,
        "predicted_ms": predicted(run),
        "eta_ms": eta(run),
        "slow_in_ms": slow_in(run),
        **times(run),
        "links": links(run),
    }


def interpreted(analysis: Analysis) -> dict[str, Any] | None:
    return interpretation(Intent.from_json(analysis.intent)) if analysis.intent else None


def open_ask(run: Run) -> dict[str, Any] | None:
    if run.state != Run.State.WAITING:
        return None
    found = Ask.objects.filter(run=run, state=Ask.State.OPEN).first()
    return found.as_dict() if found else None


def error(run: Run) -> dict[str, str] | None:
    if run.state not in (Run.State.FAILED, Run.State.INTERRUPTED) and not run.error_code:
        return None
    if run.state == Run.State.UNSUPPORTED:
        return None
    message = run.error or MESSAGES.get(run.state, "The analysis did not finish.")
    return {"code": run.error_code or run.state, "message": message}


MESSAGES: dict[str, str] = {
    Run.State.INTERRUPTED: "The server stopped during this analysis. Retry starts it again.",
    Run.State.CANCELLED: "The question was not answered in time. Retry asks again.",
}


def times(run: Run) -> dict[str, Any]:
    until = run.finished_at or timezone.now()
    started = run.started_at
    return {
        "created_at": moment(run.created_at),
        "started_at": moment(started),
        "finished_at": moment(run.finished_at),
        "elapsed_ms": round((until - started).total_seconds() * 1000, 3) if started else None,
        "waited_ms": round(run.waited_ms, 3),
    }


def moment(value: dt.datetime | None) -> str | None:
    return value.isoformat(timespec="microseconds").replace("+00:00", "Z") if value else None


def links(run: Run) -> dict[str, str]:
    base = f"/api/analyses/{run.id}"
    stream = f"/api/progress/{run.session_id}"
    return {
        "self": base,
        "cancel": f"{base}/cancel",
        "answer": f"{base}/answer",
        "retry": f"{base}/retry",
        "events": f"{stream}/events?run={run.id}",
        "stream": f"{stream}?run={run.id}",
        "socket": f"/ws/progress/{run.session_id}",
        "page": f"/s/{run.session_id}",
    }
