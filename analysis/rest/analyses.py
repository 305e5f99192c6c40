"""Analyses over REST: ask, look, cancel, answer, try again."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analysis import idempotency, service, vega
from analysis.errors import AnalysisNotFound
from analysis.models import Analysis
from analysis.rest import shapes
from analysis.rest.access import OwnedView
from analysis.rest.described import (
    ANYBODY,
    IDEMPOTENCY_KEY,
    IF_NONE_MATCH,
    PREFER,
    REPLAYED,
    described,
    query,
)
from analysis.rest.fields import Flag, Id, Text, asked_choice, asked_id, asked_number, valid
from analysis.rest.freshness import fresh, tag

PAGE = 50


class Question(serializers.Serializer[Any]):
    question = Text(max_length=service.LONGEST_QUESTION)
    session = Id(required=False, allow_null=True, help_text="A new session where there is none")
    assumptions = serializers.DictField(child=Text(max_length=200), required=False)
    refresh = Flag(default=False, help_text="Compute again instead of taking a stored answer")


class Query(serializers.Serializer[Any]):
    query = Text(max_length=200)
    session = Id(required=False, allow_null=True)


class Statement(serializers.Serializer[Any]):
    sql = Text(max_length=service.LONGEST_SQL)
    session = Id(required=False, allow_null=True)


class Answer(serializers.Serializer[Any]):
    ask = Id()
    choice = Text(max_length=200, required=False, help_text="The value of one of the choices")
    text = Text(max_length=500, required=False, help_text="Or an answer in your own words")


DISPATCHED = {200: shapes.Analysis, 202: shapes.Analysis}
DISPATCH = (PREFER, IDEMPOTENCY_KEY, REPLAYED)


class Dispatching(OwnedView):
    """A view that queues work and says where it will be: 202 with `Location`."""

    def accepted(self, request: Request, about: Any, dispatch: Any, **fields: Any) -> Response:
        """`about` is what must be equal where a key is sent again."""
        fields["request_id"] = getattr(request._request, "request_id", "")
        found = idempotency.once(
            self.viewer,
            request.headers.get("Idempotency-Key"),
            [request.path, about],
            lambda run_id: dispatch(run_id=run_id, **fields),
        )
        headers = {"Location": found.body["links"]["self"]}
        if found.replayed:
            headers["Idempotent-Replayed"] = "true"
        return Response(found.body, status.HTTP_202_ACCEPTED, headers=headers)


class Analyze(Dispatching):
    """`POST /api/analyze`: dispatch a question."""

    @described(
        "Ask a question",
        DISPATCHED,
        404,
        409,
        422,
        request=Question,
        parameters=DISPATCH,
        auth=ANYBODY,
        examples={
            "a ranking": {"question": "What stocks have highest volatility?"},
            "with an assumption": {
                "question": "What stocks have highest volatility?",
                "assumptions": {"window": "last 3 years"},
            },
        },
    )
    def post(self, request: Request) -> Response:
        body = valid(Question, request)
        return self.accepted(request, body, lambda **more: service.ask(self.viewer, **body, **more))


class Search(Dispatching):
    """`POST /api/search`: companies, sectors, metrics, episodes, past questions."""

    @described(
        "Search companies, sectors, metrics, episodes and past questions",
        DISPATCHED,
        404,
        409,
        422,
        request=Query,
        parameters=DISPATCH,
        auth=ANYBODY,
        examples={"by nickname": {"query": "coke"}},
    )
    def post(self, request: Request) -> Response:
        body = valid(Query, request)
        return self.accepted(
            request, body, lambda **more: service.search(self.viewer, **body, **more)
        )


class Execute(Dispatching):
    """`POST /api/execute`: one SELECT over the market data, in a sandbox."""

    @described(
        "Run one SELECT over the market data",
        DISPATCHED,
        404,
        409,
        422,
        request=Statement,
        parameters=DISPATCH,
        auth=ANYBODY,
        examples={"the last prices": {"sql": "SELECT * FROM prices ORDER BY date DESC LIMIT 20"}},
    )
    def post(self, request: Request) -> Response:
        body = valid(Statement, request)
        return self.accepted(
            request, body, lambda **more: service.execute(self.viewer, **body, **more)
        )


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
            query(
                "limit",
                "At most so many, up to 100",
                {"type": "integer", "minimum": 1, "maximum": 100},
            ),
        ),
    )
    def get(self, request: Request) -> Response:
        limit = asked_number(request, "limit", PAGE, 1, 100)
        rows = list(self.wanted(request)[: limit + 1])
        more = request.build_absolute_uri(after(request, rows[limit - 1])) if rows[limit:] else None
        return Response({"analyses": [service.represent(a) for a in rows[:limit]], "next": more})

    def wanted(self, request: Request) -> Any:
        session, before = asked_id(request, "session"), asked_id(request, "before")
        if session:
            service.session(self.viewer, session)
        newest = service.analyses(self.viewer, session).reverse()
        if before is None:
            return newest
        return newest.filter(run__created_at__lt=service.find(self.viewer, before).run.created_at)


def after(request: Request, last: Analysis) -> str:
    query = request.query_params.copy()
    query["before"] = str(last.id)
    return f"{request.path}?{query.urlencode()}"


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


class Retry(Dispatching):
    """`POST /api/analyses/{id}/retry`: the same again, as a new analysis."""

    @described(
        "Try an analysis again",
        DISPATCHED,
        404,
        409,
        422,
        400,
        request=None,
        parameters=DISPATCH,
    )
    def post(self, request: Request, analysis_id: uuid.UUID) -> Response:
        return self.accepted(
            request, None, lambda **more: service.retry(self.viewer, analysis_id, **more)
        )


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
