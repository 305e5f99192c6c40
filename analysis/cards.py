"""An analysis as one bubble of the page: plain data for `templates/analysis/bubble.html`.

The same template, filled with `blank()`, is what the browser clones for a new question, so that
the markup has one source.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis import tables, timing
from analysis.pipeline import STEPS as PIPELINE
from progress.service import duration, span

STEPS = tuple(PIPELINE)
STATEMENT = "Query"
LIVE = ("queued", "running", "waiting")
HEADLINES = {
    "queued": "Waiting for a free worker",
    "running": "Working",
    "waiting": "Waiting for your answer",
    "succeeded": "Done",
    "unsupported": "Outside what the prices can tell",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "interrupted": "Interrupted",
}
TONES = {"failed": "error", "cancelled": "cancelled", "interrupted": "interrupted"}
_MARKED = {"warning": "warning", "error": "failed"}

Event = Mapping[str, Any]


def blank() -> dict[str, Any]:
    """The bubble of a question that has just been sent: all steps pending."""
    steps = [_step(number, name) for number, name in enumerate(STEPS, 1)]
    return {"id": "", "run": "", "seq": 0, "status": "queued", "steps": steps, "open": True,
            "headline": "Sending", "clock": "0 ms"}  # fmt: skip


def card(analysis: Mapping[str, Any], events: Iterable[Event]) -> dict[str, Any]:
    """`analysis` as the API gives it, `events` of its run that are at hand, oldest first."""
    status = analysis["status"]
    log = list(events)
    steps = _steps(log, analysis)
    return {
        **_identity(analysis),
        **_outcome(analysis),
        "seq": log[-1]["seq"] if log else 0,
        "status": status,
        "live": status in LIVE,
        "open": status in LIVE or any(step["open"] for step in steps),
        "headline": _headline(analysis),
        "clock": duration(analysis.get("elapsed_ms")),
        "eta": timing.eta(analysis),
        "ends": timing.ends(analysis),
        "share": timing.share(analysis),
        "steps": steps,
        "ask": _open_ask(analysis),
        "settled": list(_settled(log)),
    }


def _identity(analysis: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": analysis["id"],
        "run": analysis.get("run") or "",
        "kind": analysis["kind"],
        "session": analysis["session"],
        "question": analysis["question"],
        "started": analysis.get("created_at") or "",
        "action": f"/s/{analysis['session']}",
    }


def _headline(analysis: Mapping[str, Any]) -> str:
    status = analysis["status"]
    if status == "succeeded" and analysis.get("warnings"):
        count = analysis["warnings"]
        return f"Done with {count} warning{'s' if count > 1 else ''}"
    return HEADLINES[status]


# -- Steps: names, states, times and the picture of where the time went ---------------------------


def _steps(events: Sequence[Event], analysis: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = STEPS if analysis.get("kind") == "question" else (STATEMENT,)
    steps = [_step(number, name) for number, name in enumerate(names, 1)]
    for event in events:
        if event["step"] and event["step"] <= len(steps):
            _apply(steps[event["step"] - 1], event)
    if analysis["status"] not in LIVE:
        _settle(steps, analysis)
    _draw(steps)
    return steps


def _step(number: int, name: str) -> dict[str, Any]:
    return {"number": number, "name": name, "state": "pending", "time": "", "messages": [],
            "open": False, "bar": (0, 0), "span": None, "predicted": None}  # fmt: skip


def _apply(step: dict[str, Any], event: Event) -> None:
    at = _moment(event["created_at"])
    data = event.get("data") or {}
    if event["kind"] == "step" and data.get("predicted_ms"):
        step["predicted"], step["usual"] = data["predicted_ms"], span(data["predicted_ms"])
    if event["kind"] == "step" and data.get("state") == "finished":
        _time(step, at - (event.get("elapsed_ms") or 0), at)
        step["state"] = step["state"] if step["state"] in _MARKED.values() else "done"
    elif event["kind"] in ("step", "log") and step["state"] == "pending":
        step["state"] = "running"
        step["span"] = (at, at)
    if event["kind"] == "log":
        step["messages"].append({"level": event["level"], "text": event["message"]})
    if event["level"] in _MARKED:
        step["state"], step["open"] = _MARKED[event["level"]], True


def _moment(iso: str) -> float:
    """Milliseconds of the epoch."""
    return dt.datetime.fromisoformat(iso).timestamp() * 1000


def _time(step: dict[str, Any], begin: float, end: float) -> None:
    step["time"] = duration(end - begin)
    step["span"] = (begin, end)


def _settle(steps: list[dict[str, Any]], analysis: Mapping[str, Any]) -> None:
    """A run that ended has no step that still turns; without its log, success means all done."""
    ended = "done" if analysis["status"] in ("succeeded", "unsupported") else analysis["status"]
    seen = any(step["state"] != "pending" for step in steps)
    for step in steps:
        _break_off(step, analysis)
        if step["state"] == "running" or (ended == "done" and not seen):
            step["state"] = ended
        elif step["state"] == "pending" and analysis["status"] == "succeeded":
            step["state"] = "skipped"


def _break_off(step: dict[str, Any], analysis: Mapping[str, Any]) -> None:
    """A step that did not finish took until the end of the run; how long it waited for its person
    is not its time."""
    ended = analysis.get("finished_at")
    if step["span"] and not step["time"] and ended and not analysis.get("waited_ms"):
        _time(step, step["span"][0], _moment(ended))


def _draw(steps: list[dict[str, Any]]) -> None:
    """Offsets and widths in per cent of the run; a sliver stays visible."""
    spans = [step["span"] for step in steps if step["span"]]
    if not spans:
        return
    start = min(begin for begin, _ in spans)
    whole = max(max(end for _, end in spans) - start, 1)
    for step in steps:
        if step["span"]:
            begin, end = step["span"]
            width = max(100 * (end - begin) / whole, 1)
            step["bar"] = (round(min(100 * (begin - start) / whole, 99), 2), round(width, 2))
            step["begin"] = round(begin)
            step["end"] = round(end) if end > begin else ""
            step["band"] = _band(step, begin - start, whole)


def _band(step: Mapping[str, Any], offset: float, whole: float) -> tuple[float, float] | None:
    """Where its end was predicted, as offset and width in per cent of the picture."""
    if step["end"] == "" or not step["predicted"]:
        return None
    low, high = (100 * min((offset + limit) / whole, 1) for limit in step["predicted"])
    return round(min(low, 99), 2), round(max(high - low, 1), 2)


# -- What came out --------------------------------------------------------------------------------


# Dates, amounts and shares are not broken across lines.
_UNBROKEN = re.compile(r"(\N{MINUS SIGN}?[\d.,]*\d %|\d{4}-\d{2}-\d{2}|\N{MINUS SIGN}?\$[\d.,]*\d)")


def _outcome(analysis: Mapping[str, Any]) -> dict[str, Any]:
    chart = analysis.get("chart")
    long = len((analysis.get("table") or {}).get("rows", ())) > tables.OPEN_ROWS
    return {
        "answer": _UNBROKEN.split(analysis.get("answer") or ""),
        "note": analysis.get("note") or "",
        "chips": (analysis.get("interpretation") or {}).get("assumptions") or [],
        "given": sorted((analysis.get("assumptions") or {}).items()),
        "table": tables.shown(analysis.get("table"), folded=bool(chart) and long),
        "chart": bool(chart),
        "chart_first": bool(chart) and long,
        "chart_text": (chart or {}).get("description", "Chart of the result"),
        "sql": analysis.get("sql") or "",
        "data_through": analysis.get("data_through") or "",
        "cached": analysis.get("cached"),
        "cached_at": analysis.get("cached_at"),
        "cached_text": str(analysis.get("cached_at") or "")[:16].replace("T", " "),
        "follow_ups": analysis.get("follow_ups") or [],
        "error": _error(analysis),
        "unsupported": analysis.get("unsupported"),
    }


def _error(analysis: Mapping[str, Any]) -> dict[str, Any] | None:
    status = analysis["status"]
    if status not in TONES:
        return None
    error = analysis.get("error") or {}
    where = f"step {analysis['step']} of {analysis['total_steps']}" if analysis["step"] else ""
    request = analysis.get("request_id")
    parts = [
        where,
        error.get("code"),
        f"request {request}" if request else f"run {analysis['run']}",
    ]
    return {
        "tone": TONES[status],
        "title": HEADLINES[status],
        "message": error.get("message") or _EXPLAINED[status],
        "where": " · ".join(part for part in parts if part),
    }


_EXPLAINED = {
    "failed": "The analysis could not be completed.",
    "cancelled": "You stopped this analysis. What it had logged is kept.",
    "interrupted": "The server stopped while this ran. Nothing is wrong with the question.",
}


def _open_ask(analysis: Mapping[str, Any]) -> dict[str, Any] | None:
    ask = analysis.get("ask")
    if not ask or analysis["status"] != "waiting":
        return None
    expires = dt.datetime.fromisoformat(ask["expires_at"])
    return {**ask, "expires": f"{expires:%-d %B, %H:%M} UTC"}


def _settled(events: Iterable[Event]) -> Iterable[dict[str, Any]]:
    """The cards that were answered, expired or cancelled, as they were put to the person."""
    asked: dict[str, dict[str, Any]] = {}
    for event in events:
        data = event.get("data") or {}
        if event["kind"] != "ask" or "id" not in data:
            continue
        if "question" in data:
            asked[data["id"]] = dict(data)
        if data.get("state", "open") != "open" and data["id"] in asked:
            ask = asked.pop(data["id"])
            yield {**ask, "state": data["state"], "answer_label": _answer(ask, data)}


def _answer(ask: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """The label of the choice that was taken, or the person's own words."""
    answer = str(data.get("answer") or "")
    labels = {choice["value"]: choice["label"] for choice in ask.get("choices", ())}
    return labels.get(answer, answer)
