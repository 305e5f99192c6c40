"""What queues work over REST: ask, search, execute, try again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analysis import idempotency, service
from analysis.models import Analysis
from analysis.rest import shapes
from analysis.rest.access import OwnedView
from analysis.rest.described import ANYBODY, IDEMPOTENCY_KEY, PREFER, REPLAYED, described
from analysis.rest.fields import Flag, Id, Text, valid
from analysis.texts import LONGEST_PHRASE, LONGEST_QUERY, LONGEST_QUESTION, LONGEST_SQL


class Question(serializers.Serializer[Any]):
    question = Text(max_length=LONGEST_QUESTION)
    session = Id(required=False, allow_null=True, help_text="A new session where there is none")
    assumptions = serializers.DictField(child=Text(max_length=LONGEST_PHRASE), required=False)
    refresh = Flag(default=False, help_text="Compute again instead of taking a stored answer")


class Query(serializers.Serializer[Any]):
    query = Text(max_length=LONGEST_QUERY)
    session = Id(required=False, allow_null=True)


class Statement(serializers.Serializer[Any]):
    sql = Text(max_length=LONGEST_SQL)
    session = Id(required=False, allow_null=True)


def dispatches(summary: str, *errors: int, **more: Any) -> Any:
    """What the OpenAPI document says of them all."""
    answers = {200: shapes.Analysis, 202: shapes.Analysis}
    parameters = (PREFER, IDEMPOTENCY_KEY, REPLAYED)
    return described(summary, answers, 404, 409, 422, *errors, parameters=parameters, **more)


class Dispatching(OwnedView):
    """A view that queues work and says where it will be: 202 with `Location`."""

    def accepted(self, request: Request, body: Any, dispatch: Callable[..., Analysis]) -> Response:
        """`body` is what must be equal where an Idempotency-Key is sent again."""
        request_id = service.request_id(request._request)
        found = idempotency.once(
            self.viewer,
            request.headers.get("Idempotency-Key"),
            [request.path, body],
            lambda run_id: dispatch(run_id=run_id, request_id=request_id),
        )
        headers = {"Location": found.body["links"]["self"]}
        if found.replayed:
            headers["Idempotent-Replayed"] = "true"
        return Response(found.body, status.HTTP_202_ACCEPTED, headers=headers)


class Analyze(Dispatching):
    """`POST /api/analyze`: dispatch a question."""

    @dispatches(
        "Ask a question",
        request=Question,
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
        return self.accepted(request, body, partial(service.ask, self.viewer, **body))


class Search(Dispatching):
    """`POST /api/search`: companies, sectors, metrics, episodes, past questions."""

    @dispatches(
        "Search companies, sectors, metrics, episodes and past questions",
        request=Query,
        auth=ANYBODY,
        examples={"by nickname": {"query": "coke"}},
    )
    def post(self, request: Request) -> Response:
        body = valid(Query, request)
        return self.accepted(request, body, partial(service.search, self.viewer, **body))


class Execute(Dispatching):
    """`POST /api/execute`: one SELECT over the market data, in a sandbox."""

    @dispatches(
        "Run one SELECT over the market data",
        request=Statement,
        auth=ANYBODY,
        examples={"the last prices": {"sql": "SELECT * FROM prices ORDER BY date DESC LIMIT 20"}},
    )
    def post(self, request: Request) -> Response:
        body = valid(Statement, request)
        return self.accepted(request, body, partial(service.execute, self.viewer, **body))


class Retry(Dispatching):
    """`POST /api/analyses/{id}/retry`: the same again, as a new analysis."""

    @dispatches("Try an analysis again", 400, request=None)
    def post(self, request: Request, analysis_id: uuid.UUID) -> Response:
        return self.accepted(request, None, partial(service.retry, self.viewer, analysis_id))
