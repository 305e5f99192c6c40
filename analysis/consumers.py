"""The page's socket: the events of its session, and questions, answers, cancels the other way."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from analysis import service
from progress.service import ProgressConsumer, Viewer, in_thread


def ask(viewer: Viewer, session: uuid.UUID, frame: dict[str, Any]) -> dict[str, Any]:
    analysis = service.ask(
        viewer,
        frame.get("question", ""),
        session=session,
        assumptions=frame.get("assumptions"),
        refresh=frame.get("refresh") is True,
        request_id=frame["request_id"],
    )
    return {"analysis": service.represent(analysis)}


def cancel(viewer: Viewer, session: uuid.UUID, frame: dict[str, Any]) -> dict[str, Any]:
    return {"analysis": service.represent(service.cancel(viewer, named(frame)))}


def answer(viewer: Viewer, session: uuid.UUID, frame: dict[str, Any]) -> dict[str, Any]:
    given = (frame.get("ask", ""), frame.get("choice"), frame.get("text"))
    return {"analysis": service.represent(service.answer(viewer, named(frame), *given))}


def named(frame: dict[str, Any]) -> str:
    """`id` names the frame; a client that sends nothing else may name the analysis by it."""
    return str(frame.get("analysis") or frame.get("run") or frame.get("id"))


def threaded(command: Callable[..., dict[str, Any]]) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Commands use the database; the socket's loop must not wait for it."""
    return functools.partial(in_thread, command)


class AnalysisConsumer(ProgressConsumer):
    """`ws /ws/progress/{session}?after=N` of Tickertape."""

    commands: ClassVar[dict[str, Any]] = {
        "analyze": threaded(ask),
        "cancel": threaded(cancel),
        "answer": threaded(answer),
    }
