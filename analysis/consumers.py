"""The page's socket: the events of its session, and questions, answers, cancels the other way."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from analysis import limits, service
from analysis.models import Analysis
from progress.service import ProgressConsumer, Viewer, in_thread


def ask(viewer: Viewer, session: uuid.UUID, frame: dict[str, Any]) -> Analysis:
    return service.ask(
        viewer,
        frame.get("question", ""),
        session=session,
        assumptions=frame.get("assumptions"),
        refresh=frame.get("refresh") is True,
        request_id=frame["request_id"],
    )


def cancel(viewer: Viewer, session: uuid.UUID, frame: dict[str, Any]) -> Analysis:
    return service.cancel(viewer, named(frame))


def answer(viewer: Viewer, session: uuid.UUID, frame: dict[str, Any]) -> Analysis:
    given = (frame.get("ask", ""), frame.get("choice"), frame.get("text"))
    return service.answer(viewer, named(frame), *given)


def named(frame: dict[str, Any]) -> str:
    """`id` names the frame; a client that sends nothing else may name the analysis by it."""
    return str(frame.get("analysis") or frame.get("run") or frame.get("id"))


def command(act: Callable[..., Analysis]) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Counted like a request, and in a thread: the socket's loop must not wait for the database."""

    def obey(viewer: Viewer, session: uuid.UUID, frame: dict[str, Any]) -> dict[str, Any]:
        limits.admit_owner(viewer)
        return {"analysis": service.represent(act(viewer, session, frame))}

    return functools.partial(in_thread, obey)


class AnalysisConsumer(ProgressConsumer):
    """`ws /ws/progress/{session}?after=N` of Tickertape."""

    commands: ClassVar[dict[str, Any]] = {
        "analyze": command(ask),
        "cancel": command(cancel),
        "answer": command(answer),
    }
