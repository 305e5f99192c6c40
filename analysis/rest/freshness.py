"""ETags: what does not change any more is sent once, and later confirmed with 304."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from rest_framework.request import Request


def tag(*parts: object) -> str:
    """An ETag of what decides the answer's bytes."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def fresh(
    request: Request, etag: str, answer: Callable[[], HttpResponse], *, public: bool = False
) -> HttpResponse:
    """304 where the client has this version, the answer with its ETag otherwise."""
    response = HttpResponseNotModified() if is_known(request, etag) else answer()
    response["ETag"] = etag
    patch_cache_control(response, no_cache=True, **{"public" if public else "private": True})
    return response


def is_known(request: Request, etag: str) -> bool:
    """A proxy that compresses makes our ETag a weak one."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag in (one.removeprefix("W/") for one in known)
