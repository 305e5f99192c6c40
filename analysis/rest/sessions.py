"""Conversations over REST: create, list, look, rename, delete."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analysis import service
from analysis.representation import moment
from analysis.rest import shapes
from analysis.rest.access import OwnedView
from analysis.rest.described import ANYBODY, described, query, whole
from analysis.rest.fields import Text, valid
from analysis.rest.pages import MOST, USUAL, page
from progress.service import Run, Session, create_session


class Title(serializers.Serializer[Any]):
    title = Text(max_length=200, allow_blank=True, required=False, default="")


class NewTitle(serializers.Serializer[Any]):
    title = Text(max_length=200, allow_blank=True)


def represent(session: Session) -> dict[str, Any]:
    return {
        "id": str(session.id),
        "title": session.title,
        "created_at": moment(session.created_at),
        "head": session.last_seq,
        "first": session.first_seq,
        "links": {
            "self": f"/api/sessions/{session.id}",
            "events": f"/api/progress/{session.id}/events",
            "stream": f"/api/progress/{session.id}",
            "socket": f"/ws/progress/{session.id}",
            "page": f"/s/{session.id}",
        },
    }


def represent_run(run: Run) -> dict[str, Any]:
    return {
        "id": str(run.id),
        "kind": run.kind,
        "title": run.title,
        "status": run.state,
        "step": run.step,
        "total_steps": run.total_steps,
        "warnings": run.warnings,
        "created_at": moment(run.created_at),
        "started_at": moment(run.started_at),
        "finished_at": moment(run.finished_at),
    }


class Sessions(OwnedView):
    """`POST` creates one, `GET ?before=&limit=` lists the viewer's own, newest first."""

    @described(
        "Begin a session",
        {201: shapes.Session},
        request=Title,
        auth=ANYBODY,
        examples={"with a title": {"title": "Energy"}},
    )
    def post(self, request: Request) -> Response:
        body = represent(create_session(self.viewer, valid(Title, request)["title"]))
        return Response(body, status.HTTP_201_CREATED, headers={"Location": body["links"]["self"]})

    @described(
        "List your sessions, newest first",
        {200: shapes.SessionPage},
        400,
        404,
        parameters=(
            query("before", "Only those older than this session", uuid.UUID),
            whole("limit", 1, MOST, f"At most so many; {USUAL} unless told"),
        ),
    )
    def get(self, request: Request) -> Response:
        rows, more = page(
            request,
            service.sessions(self.viewer),
            "created_at",
            lambda before: service.session(self.viewer, before),
        )
        return Response({"sessions": [represent(session) for session in rows], "next": more})


class OneSession(OwnedView):
    """`GET` with its runs, `PATCH {title}`, `DELETE` with all it holds."""

    @described("Look at a session and its runs", {200: shapes.SessionWithRuns}, 404)
    def get(self, request: Request, session_id: uuid.UUID) -> Response:
        session = service.session(self.viewer, session_id)
        runs = session.runs.order_by("created_at")
        return Response({**represent(session), "runs": [represent_run(run) for run in runs]})

    @described(
        "Rename a session",
        {200: shapes.Session},
        404,
        request=NewTitle,
        examples={"a title": {"title": "Energy"}},
    )
    def patch(self, request: Request, session_id: uuid.UUID) -> Response:
        title = valid(NewTitle, request)["title"]
        return Response(represent(service.rename(self.viewer, session_id, title)))

    @described("Delete a session with all it holds", {204: None}, 404, 409)
    def delete(self, request: Request, session_id: uuid.UUID) -> Response:
        service.delete(self.viewer, session_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
