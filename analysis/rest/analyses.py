"""Analyses over REST: ask, look, cancel, answer, try again."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analysis import service, vega
from analysis.errors import AnalysisNotFound
from analysis.models import Analysis
from analysis.rest.access import OwnedView

PAGE = 50


class Question(serializers.Serializer[Any]):
    question = serializers.CharField(max_length=service.LONGEST_QUESTION)
    session = serializers.UUIDField(required=False, allow_null=True)
    assumptions = serializers.DictField(child=serializers.CharField(max_length=200), required=False)
    refresh = serializers.BooleanField(default=False)


class Query(serializers.Serializer[Any]):
    query = serializers.CharField(max_length=200)
    session = serializers.UUIDField(required=False, allow_null=True)


class Statement(serializers.Serializer[Any]):
    sql = serializers.CharField(max_length=service.LONGEST_SQL)
    session = serializers.UUIDField(required=False, allow_null=True)


class Answer(serializers.Serializer[Any]):
    ask = serializers.UUIDField()
    choice = serializers.CharField(max_length=200, required=False)
    text = serializers.CharField(max_length=500, required=False)


def valid(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The checked body. Raises ValidationError, which names each field."""
    checked = serializer(data=request.data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def accepted(analysis: Analysis) -> Response:
    body = service.represent(analysis)
    return Response(body, status.HTTP_202_ACCEPTED, headers={"Location": body["links"]["self"]})


class Analyze(OwnedView):
    """`POST /api/analyze`: dispatch a question."""

    def post(self, request: Request) -> Response:
        body = valid(Question, request)
        question = body.pop("question")
        return accepted(service.ask(self.viewer, question, request_id=request_id(request), **body))


class Search(OwnedView):
    """`POST /api/search`: companies, sectors, metrics, episodes, past questions."""

    def post(self, request: Request) -> Response:
        body = valid(Query, request)
        return accepted(service.search(self.viewer, body["query"], session=body.get("session")))


class Execute(OwnedView):
    """`POST /api/execute`: one SELECT over the market data, in a sandbox."""

    def post(self, request: Request) -> Response:
        body = valid(Statement, request)
        return accepted(service.execute(self.viewer, body["sql"], session=body.get("session")))


def request_id(request: Request) -> str:
    return str(getattr(request._request, "request_id", "") or "")


class Analyses(OwnedView):
    """`GET /api/analyses?session=&before=`: the viewer's own, newest first."""

    def get(self, request: Request) -> Response:
        found = service.analyses(self.viewer, request.query_params.get("session") or None)
        newest = found.reverse()
        before = request.query_params.get("before")
        if before:
            newest = newest.filter(
                run__created_at__lt=service.find(self.viewer, before).run.created_at
            )
        rows = list(newest[: PAGE + 1])
        more = request.build_absolute_uri(next_query(request, rows)) if len(rows) > PAGE else None
        return Response({"analyses": [service.represent(a) for a in rows[:PAGE]], "next": more})


def next_query(request: Request, rows: list[Analysis]) -> str:
    query = request.query_params.copy()
    query["before"] = str(rows[PAGE - 1].id)
    return f"{request.path}?{query.urlencode()}"


class OneAnalysis(OwnedView):
    """`GET /api/analyses/{id}`."""

    def get(self, request: Request, analysis_id: uuid.UUID) -> Response:
        return Response(service.represent(service.find(self.viewer, analysis_id)))


class Cancel(OwnedView):
    """`POST /api/analyses/{id}/cancel`: idempotent."""

    def post(self, request: Request, analysis_id: uuid.UUID) -> Response:
        return Response(service.represent(service.cancel(self.viewer, analysis_id)))


class AnswerAsk(OwnedView):
    """`POST /api/analyses/{id}/answer`: the first answer wins; a settled question is 409."""

    def post(self, request: Request, analysis_id: uuid.UUID) -> Response:
        body = valid(Answer, request)
        fields = (body["ask"], body.get("choice"), body.get("text"))
        return Response(service.represent(service.answer(self.viewer, analysis_id, *fields)))


class Retry(OwnedView):
    """`POST /api/analyses/{id}/retry`: the same again, as a new analysis."""

    def post(self, request: Request, analysis_id: uuid.UUID) -> Response:
        return accepted(service.retry(self.viewer, analysis_id, request_id(request)))


class Chart(OwnedView):
    """`GET /api/analyses/{id}/chart.svg|png?theme=light|dark`: the chart as a picture."""

    def get(self, request: Request, analysis_id: uuid.UUID, kind: str) -> HttpResponse:
        spec = (service.find(self.viewer, analysis_id).outcome or {}).get("chart")
        if not spec:
            raise AnalysisNotFound("this analysis has no chart")
        theme = "dark" if request.query_params.get("theme") == "dark" else "light"
        if kind == "png":
            return HttpResponse(vega.to_png(spec, theme), content_type="image/png")
        return HttpResponse(vega.to_svg(spec, theme), content_type="image/svg+xml")
