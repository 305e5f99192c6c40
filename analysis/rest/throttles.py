"""How many requests one owner and one address may make; beyond it 429 with `Retry-After`.

A leaky bucket of one number a caller (its "theoretical arrival time", GCRA) instead of REST
framework's list of times, which at a few thousand requests a minute costs more than the request.
Counted in the memory of each process: no other server has to answer before a request can.
"""

from __future__ import annotations

import time
from typing import cast

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from progress.service import Viewer

MINUTE = 60.0


class Bucket(BaseThrottle):
    """Allows a minute's worth at once, then as many as run out of the bucket."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        caller, per_minute = self.caller(request), self.per_minute()
        if caller is None or not per_minute:
            return True
        return self.pour(f"throttle:{caller}", MINUTE / per_minute)

    def caller(self, request: Request) -> str | None:
        raise NotImplementedError

    def per_minute(self) -> int:
        raise NotImplementedError

    def pour(self, key: str, interval: float) -> bool:
        now = time.time()
        empty_at = max(cache.get(key, now), now) + interval
        self.seconds = empty_at - now - MINUTE
        if self.seconds > 0:
            return False
        cache.set(key, empty_at, MINUTE)
        return True

    def wait(self) -> float:
        return self.seconds


class PerOwner(Bucket):
    """Whoever sends it, whatever door and token they use."""

    def caller(self, request: Request) -> str | None:
        viewer = cast("Viewer | None", request.auth)
        return None if viewer is None or viewer.is_nobody else viewer.key

    def per_minute(self) -> int:
        return settings.THROTTLE_OWNER


class PerAddress(Bucket):
    """Wherever it comes from, looked at before anything else is: guessing costs as much."""

    def caller(self, request: Request) -> str | None:
        return f"address:{request.META.get('REMOTE_ADDR', '')}"

    def per_minute(self) -> int:
        return settings.THROTTLE_ADDRESS
