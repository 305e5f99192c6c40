"""What a viewer may do to a run, on every door: cancel it, answer its question."""

from __future__ import annotations

import uuid
from typing import Any

from . import runs
from .access import Viewer
from .emit import changed
from .errors import BadParameter, Conflict, RunNotFound
from .events import id_of
from .models import Ask, Run, Session
from .reaper import enqueue
from .threads import in_commander


def visible_run(viewer: Viewer, run_id: uuid.UUID | str) -> Run:
    """The run, if its session is theirs; RunNotFound otherwise."""
    sessions = Session.objects.visible_to(viewer)
    run = Run.objects.filter(id=id_of(run_id, RunNotFound), session__in=sessions).first()
    if run is None:
        raise RunNotFound
    return run


def cancel(viewer: Viewer, run_id: uuid.UUID | str) -> Run:
    """Stop a run, whoever works on it. Idempotent; Conflict if it ended otherwise."""
    viewer.require("analyze")
    run = visible_run(viewer, run_id)
    return changed(runs.cancel(run.id))


def answer(
    viewer: Viewer,
    run_id: uuid.UUID | str,
    ask_id: Any,
    choice: str | None = None,
    text: str | None = None,
) -> Run:
    """Answer a run's question by a choice's value or by free text. Conflict if it is settled."""
    viewer.require("analyze")
    run = visible_run(viewer, run_id)
    ask = open_ask(run, ask_id)
    value, label = checked(ask, choice, text)
    answered = changed(runs.answer(ask.id, value, label))
    if answered.task:
        enqueue(answered)
    return answered


def open_ask(run: Run, ask_id: Any) -> Ask:
    try:
        ask = Ask.objects.filter(run=run, id=uuid.UUID(str(ask_id))).first()
    except ValueError:
        raise BadParameter("ask", "not the id of a question") from None
    if ask is None:
        raise BadParameter("ask", "this run has no such question")
    if ask.state != Ask.State.OPEN:
        raise Conflict(f"this question is already {ask.state}")
    return ask


def checked(ask: Ask, choice: Any, text: Any) -> tuple[str, str]:
    """(value, label) of an answer that fits the question. Raises BadParameter."""
    if (choice is None) == (text is None):
        raise BadParameter("choice", "send either a choice or a text")
    if choice is not None:
        labels = {item["value"]: item["label"] for item in ask.choices}
        if not isinstance(choice, str) or choice not in labels:
            raise BadParameter("choice", f"choose one of {', '.join(labels)}")
        return choice, labels[choice]
    return checked_text(ask, text)


def checked_text(ask: Ask, text: Any) -> tuple[str, str]:
    if not ask.allow_text:
        raise BadParameter("text", "this question takes one of its choices")
    if not isinstance(text, str) or not text.strip() or len(text) > 500 or "\0" in text:
        raise BadParameter("text", "1 to 500 characters without NUL are wanted")
    return text.strip(), text.strip()


# On the socket a command comes as a frame; `run` (or `analysis`) names the run.


def run_named(frame: dict[str, Any]) -> Any:
    return frame.get("run") or frame.get("analysis") or frame.get("id")


async def socket_cancel(
    viewer: Viewer, session: uuid.UUID, frame: dict[str, Any]
) -> dict[str, Any]:
    run = await in_commander(cancel, viewer, run_named(frame))
    return {"state": run.state}


async def socket_answer(
    viewer: Viewer, session: uuid.UUID, frame: dict[str, Any]
) -> dict[str, Any]:
    fields = (frame.get("ask"), frame.get("choice"), frame.get("text"))
    run = await in_commander(answer, viewer, run_named(frame), *fields)
    return {"state": run.state}


COMMANDS = {"cancel": socket_cancel, "answer": socket_answer}
