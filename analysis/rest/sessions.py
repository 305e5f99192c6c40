"""Conversations over REST: create, list, look, rename, delete."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analysis import service
from analysis.representation import moment
from analysis.rest.access import OwnedView
from analysis.rest.analyses import valid
from progress.service import Conflict, Run, Session, create_session

PAGE = 50


class Title(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")


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
    """`POST` creates one, `GET ?before=` lists the viewer's own, newest first."""

    def post(self, request: Request) -> Response:
        self.viewer.require("analyze")
        body = represent(create_session(self.viewer, valid(Title, request)["title"]))
        return Response(body, status.HTTP_201_CREATED, headers={"Location": body["links"]["self"]})

    def get(self, request: Request) -> Response:
        found = service.sessions(self.viewer)
        before = request.query_params.get("before")
        if before:
            found = found.filter(created_at__lt=service.session(self.viewer, before).created_at)
        rows = list(found[: PAGE + 1])
        next_url = f"{request.path}?before={rows[PAGE - 1].id}" if len(rows) > PAGE else None
        return Response(
            {
                "sessions": [represent(session) for session in rows[:PAGE]],
                "next": next_url and request.build_absolute_uri(next_url),
            }
        )


class OneSession(OwnedView):
    """`GET` with its runs, `PATCH {title}`, `DELETE` with all it holds."""

    def get(self, request: Request, session_id: uuid.UUID) -> Response:
        session = service.session(self.viewer, session_id)
        runs = session.runs.order_by("created_at")
        return Response({**represent(session), "runs": [represent_run(run) for run in runs]})

    def patch(self, request: Request, session_id: uuid.UUID) -> Response:
        session = service.session(self.viewer, session_id)
        session.title = valid(Title, request)["title"]
        session.save(update_fields=["title"])
        return Response(represent(session))

    def delete(self, request: Request, session_id: uuid.UUID) -> Response:
        session = service.session(self.viewer, session_id)
        if session.runs.filter(state__in=Run.LIVE).exists():
            raise Conflict("a run is live in this session; cancel it or wait for its end")
        session.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
