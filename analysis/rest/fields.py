"""Fields of JSON bodies that take their own JSON type and nothing that merely looks like it."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from analysis.errors import QuestionRejected


class Text(serializers.CharField):
    """A JSON string; a number is an error instead of its digits."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false; not 1, not "yes"."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=repr(data)[:40])
        return data


class Id(serializers.UUIDField):
    """A UUID as text in its usual form."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        if not isinstance(data, str) or len(data) != 36:
            self.fail("invalid", value=repr(data)[:40])
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A JSON number without a fraction; 60.0 is one as well, as in JSON Schema."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


def valid(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The checked body. Raises ValidationError, which names each field."""
    checked = serializer(data=request.data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def asked_number(request: Request, name: str, default: int, low: int, high: int) -> int:
    """A whole number of the query. Raises QuestionRejected."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
        raise QuestionRejected(name, f"a whole number from {low} to {high} is wanted")
    return int(text)


def asked_choice(request: Request, name: str, allowed: tuple[str, ...]) -> str:
    """One of the words, the first where none is given. Raises QuestionRejected."""
    value = request.query_params.get(name, allowed[0])
    if value not in allowed:
        raise QuestionRejected(name, f"one of {', '.join(allowed)} is wanted")
    return value


def asked_id(request: Request, name: str) -> uuid.UUID | None:
    """A UUID of the query. Raises QuestionRejected."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise QuestionRejected(name, "an id (UUID) is wanted") from None
