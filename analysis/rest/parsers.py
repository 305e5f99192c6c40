"""Bodies are JSON, read strictly: no NaN, no lone surrogates, no nesting without end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

MOST_BYTES = 16_777_216


class StrictJson(BaseParser):
    """UTF-8 JSON as RFC 8259 has it. Whatever is wrong is the sender's error, never a crash."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None
    ) -> Any:
        refuse_encoding((context or {}).get("request"))
        content = stream.read(MOST_BYTES + 1)
        if not content.strip():
            return {}
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"not JSON: {error}") from None


def refuse_encoding(request: Any) -> None:
    """A small compressed body could be a large one; nobody needs them here."""
    encoding = request.headers.get("Content-Encoding", "identity") if request else "identity"
    if encoding.strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType(encoding, f"Unsupported Content-Encoding {encoding[:20]!r}.")
