"""The shapes of answers, for the OpenAPI document. Tests hold real answers against them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    DictField,
    FloatField,
    IntegerField,
    JSONField,
    ListField,
    URLField,
    UUIDField,
)

from analysis.models import Analysis as Stored
from progress.service import Run

Shape = type[serializers.Serializer[Any]]


def shape(name: str, about: str = "", /, **fields: Any) -> Shape:
    """A serializer class out of plain fields; `errors` and `label` may be fields here."""
    return type(name, (serializers.Serializer,), {"__doc__": about, **fields})


def maybe(field: type[serializers.Field[Any, Any, Any, Any]], about: str = "", **more: Any) -> Any:
    """A field that is always there and may be null."""
    return field(allow_null=True, help_text=about or None, **more)


Problem = shape(
    "Problem",
    "An error, as RFC 9457 has it. `code` is stable and for programs, `detail` is for people.",
    type=CharField(),
    title=CharField(),
    status=IntegerField(),
    code=CharField(),
    detail=CharField(),
    errors=shape(
        "FieldError",
        field=CharField(help_text="Dotted path of the field or parameter"),
        message=CharField(),
    )(many=True),
    request_id=maybe(CharField, "The X-Request-ID of this request, which log lines carry, too"),
)

Choice = shape("Choice", value=CharField(), label=CharField())

Ask = shape(
    "Ask",
    "A question that the analysis waits for; answer it at `links.answer`.",
    id=UUIDField(),
    question=CharField(),
    choices=Choice(many=True),
    default=CharField(allow_blank=True),
    allow_text=BooleanField(),
    expires_at=DateTimeField(),
    state=ChoiceField(choices=("open", "answered", "expired", "cancelled")),
)

Column = shape(
    "Column",
    name=CharField(help_text="A canonical name such as volatility, ticker or date"),
    type=CharField(),
    format=CharField(help_text="How to print it: percent is a fraction, 0.7035 for 70.35 %"),
)

Table = shape(
    "Table",
    columns=Column(many=True),
    rows=ListField(child=ListField(child=JSONField(allow_null=True))),
    truncated=BooleanField(required=False, help_text="Rows were left out (SQL only)"),
)

Window = shape(
    "Window",
    start=maybe(DateField),
    end=maybe(DateField),
    label=CharField(allow_blank=True),
)

Assumption = shape(
    "Assumption",
    "What the question left open and how it was filled in; send another value to change it.",
    slot=CharField(),
    value=CharField(),
    label=CharField(),
    choices=Choice(many=True),
)

Interpretation = shape(
    "Interpretation",
    "How the question was understood.",
    shape=CharField(),
    metric=maybe(CharField),
    metrics=ListField(child=CharField()),
    tickers=ListField(child=CharField()),
    sector=maybe(CharField),
    industry=maybe(CharField),
    exclude=ListField(child=CharField()),
    conditions=ListField(child=DictField()),
    window=Window(),
    windows=Window(many=True, help_text="Stretches of time that are set side by side"),
    order=maybe(CharField),
    limit=maybe(IntegerField),
    params=DictField(),
    notes=ListField(child=CharField()),
    assumptions=Assumption(many=True),
)

Unsupported = shape(
    "Unsupported",
    "Why the question has no answer here, and what to ask instead.",
    code=CharField(),
    reason=CharField(),
    nearest=maybe(CharField),
    examples=ListField(child=CharField()),
)

Failure = shape("Failure", code=CharField(), message=CharField())

AnalysisLinks = shape(
    "AnalysisLinks",
    **{
        name: CharField()
        for name in ("cancel", "answer", "retry", "events", "stream", "socket", "page")
    },
    self=CharField(),
)

Analysis = shape(
    "Analysis",
    "A question, a context search or a statement of SQL, and what came of it.",
    id=UUIDField(),
    session=UUIDField(),
    run=UUIDField(),
    kind=ChoiceField(choices=Stored.Kind.choices),
    question=CharField(),
    status=ChoiceField(choices=Run.State.choices),
    interpretation=maybe(Interpretation),
    assumptions=DictField(child=CharField(), help_text="What the request set: {slot: value}"),
    answer=maybe(CharField),
    note=maybe(CharField, "What to keep in mind about the figures"),
    table=maybe(Table),
    chart=maybe(DictField, "A Vega-Lite specification with its data"),
    sql=maybe(CharField, "Runs as it is at /api/execute"),
    data_through=maybe(DateField),
    follow_ups=ListField(child=CharField()),
    cached=BooleanField(),
    cached_at=maybe(DateTimeField),
    ask=maybe(Ask),
    error=maybe(Failure),
    unsupported=maybe(Unsupported),
    warnings=IntegerField(),
    retry_of=maybe(UUIDField),
    request_id=maybe(CharField),
    step=maybe(IntegerField),
    total_steps=maybe(IntegerField),
    predicted_ms=maybe(
        ListField, "[low, high] for the whole of it, said when it was asked", child=FloatField()
    ),
    eta_ms=maybe(ListField, "[low, high] still to go, while it is live", child=FloatField()),
    slow_in_ms=maybe(FloatField, "Until it takes longer than 90 % of its kind; 0 once it does"),
    created_at=DateTimeField(),
    started_at=maybe(DateTimeField),
    finished_at=maybe(DateTimeField),
    elapsed_ms=maybe(FloatField),
    waited_ms=FloatField(help_text="How much of `elapsed_ms` was spent waiting for the user"),
    links=AnalysisLinks(),
)

AnalysisPage = shape("AnalysisPage", analyses=Analysis(many=True), next=maybe(URLField))

SessionLinks = shape(
    "SessionLinks",
    **{name: CharField() for name in ("events", "stream", "socket", "page")},
    self=CharField(),
)

SESSION = {
    "id": UUIDField(),
    "title": CharField(allow_blank=True),
    "created_at": DateTimeField(),
    "head": IntegerField(help_text="The newest event's number"),
    "first": IntegerField(help_text="The oldest stored event's number"),
    "links": SessionLinks(),
}

Session = shape("Session", **SESSION)

RunShape = shape(
    "Run",
    id=UUIDField(),
    kind=CharField(),
    title=CharField(allow_blank=True),
    status=ChoiceField(choices=Run.State.choices),
    step=maybe(IntegerField),
    total_steps=maybe(IntegerField),
    warnings=IntegerField(),
    created_at=DateTimeField(),
    started_at=maybe(DateTimeField),
    finished_at=maybe(DateTimeField),
)

SessionWithRuns = shape("SessionWithRuns", **SESSION, runs=RunShape(many=True))

SessionPage = shape("SessionPage", sessions=Session(many=True), next=maybe(URLField))

Company = shape(
    "Company",
    ticker=CharField(),
    name=CharField(),
    sector=CharField(allow_blank=True),
    industry=CharField(allow_blank=True),
    kind=CharField(),
)

Market = shape(
    "Market",
    tickers=Company(many=True),
    first_date=DateField(),
    last_date=DateField(),
    version=CharField(),
)

Hit = shape(
    "Hit",
    kind=CharField(),
    key=CharField(),
    label=CharField(),
    detail=CharField(allow_blank=True),
    score=FloatField(),
)

Suggestions = shape("Suggestions", hits=Hit(many=True))

TOKEN = {
    "id": CharField(help_text="The part of the token before the dot; not secret"),
    "name": CharField(),
    "scopes": ListField(child=ChoiceField(choices=("read", "analyze", "admin"))),
    "created_at": DateTimeField(),
    "expires_at": DateTimeField(),
    "status": ChoiceField(choices=("usable", "expired", "revoked")),
}

Token = shape("Token", **TOKEN)

NewToken = shape("NewToken", **TOKEN, token=CharField(help_text="Shown this once"))

Tokens = shape("Tokens", tokens=Token(many=True))

TicketLinks = shape("TicketLinks", stream=CharField(), socket=CharField(), events=CharField())

Ticket = shape(
    "Ticket",
    ticket=CharField(),
    session=UUIDField(),
    expires_at=DateTimeField(),
    links=TicketLinks(),
)
