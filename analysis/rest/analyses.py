"""Analyses over REST, once they are there: look, cancel, answer, draw."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analysis import service, vega
from analysis.errors import AnalysisNotFound
from analysis.rest import shapes
from analysis.rest.access import OwnedView
from analysis.rest.described import IF_NONE_MATCH, described, query, whole
from analysis.rest.fields import Id, Text, asked_choice, asked_id, valid
from analysis.rest.freshness import fresh, tag
from analysis.rest.pages import MOST, USUAL, page


class Answer(serializers.Serializer[Any]):
    ask = Id()
    choice = Text(max_length=200, required=False, help_text="The value of one of the choices")
    text = Text(max_length=500, required=False, help_text="Or an answer in your own words")


class Analyses(OwnedView):
    """`GET /api/analyses?session=&before=&limit=`: the viewer's own, newest first."""

    @described(
        "List your analyses, newest first",
        {200: shapes.AnalysisPage},
        400,
        404,
        parameters=(
            query("session", "Only those of this session", uuid.UUID),
            query("before", "Only those older than this analysis", uuid.UUID),
            whole("limit", 1, MOST, f"At most so many; {USUAL} unless told"),
        ),
    )
    def get(self, request: Request) -> Response:
        session = asked_id(request, "session")
        own = service.analyses(self.viewer, session and service.session(self.viewer, session).id)
        rows, more = page(
            request, own, "run__created_at", lambda before: service.find(self.viewer, before)
        )
        return Response({"analyses": [service.represent(one) for one in rows], "next": more})


class OneAnalysis(OwnedView):
    """`GET /api/analyses/{id}`: with an ETag once it cannot change any more."""

    @described(
        "Look at an analysis",
        {200: shapes.Analysis, 304: None},
        404,
        parameters=(IF_NONE_MATCH,),
    )
    def get(self, request: Request, analysis_id: uuid.UUID) -> HttpResponse:
        found = service.find(self.viewer, analysis_id)
        body = service.represent(found)
        if not found.run.is_final:
            return Response(body)
        return fresh(request, tag(body), lambda: Response(body))


class Cancel(OwnedView):
    """`POST /api/analyses/{id}/cancel`: idempotent."""

    @described("Cancel an analysis", {200: shapes.Analysis}, 404, 409, request=None)
    def post(self, request: Request, analysis_id: uuid.UUID) -> Response:
        return Response(service.represent(service.cancel(self.viewer, analysis_id)))


class AnswerAsk(OwnedView):
    """`POST /api/analyses/{id}/answer`: the first answer wins; a settled question is 409."""

    @described(
        "Answer the question that an analysis waits for",
        {200: shapes.Analysis},
        404,
        409,
        request=Answer,
        examples={
            "a choice": {"ask": "0e8fd4a5-6b1f-4cbb-9d5e-3b5a5a2f8f11", "choice": "volatility"}
        },
    )
    def post(self, request: Request, analysis_id: uuid.UUID) -> Response:
        body = valid(Answer, request)
        fields = (body["ask"], body.get("choice"), body.get("text"))
        return Response(service.represent(service.answer(self.viewer, analysis_id, *fields)))


class Chart(OwnedView):
    """`GET /api/analyses/{id}/chart.svg|png?theme=light|dark`: the chart as a picture."""

    @described(
        "The chart as a picture",
        {
            (200, "image/svg+xml"): str,
            (200, "image/png"): bytes,
            304: None,
        },
        400,
        404,
        parameters=(
            query("theme", "", {"type": "string", "enum": ["light", "dark"]}),
            IF_NONE_MATCH,
        ),
    )
    def get(self, request: Request, analysis_id: uuid.UUID, kind: str) -> HttpResponse:
        theme = asked_choice(request, "theme", ("light", "dark"))
        spec = (service.find(self.viewer, analysis_id).outcome or {}).get("chart")
        if not spec:
            raise AnalysisNotFound("this analysis has no chart")
        return fresh(request, tag(spec, kind, theme), lambda: picture(spec, kind, theme))


def picture(spec: dict[str, Any], kind: str, theme: str) -> HttpResponse:
    if kind == "png":
        return HttpResponse(vega.to_png(spec, theme), content_type="image/png")
    return HttpResponse(vega.to_svg(spec, theme), content_type="image/svg+xml")
