"""How many requests one owner and one address may make, at every door; beyond it 429.

A leaky bucket of one number a caller (its "theoretical arrival time", GCRA), which takes a minute's
worth at once and then as many as run out of it. Counted in the memory of each process: no other
server has to answer before a request can.
"""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from analysis.errors import TooManyRequests
from progress.service import Viewer

MINUTE = 60.0


def admit_owner(viewer: Viewer) -> None:
    """Whoever sends it, with whatever token, at whatever door. Raises TooManyRequests."""
    if not viewer.is_nobody:
        pour(viewer.key, settings.THROTTLE_OWNER)


def admit_address(request: HttpRequest) -> None:
    """Wherever it comes from; looked at before anything else is, so that guessing costs as much.

    Raises TooManyRequests.
    """
    pour(f"address:{request.META.get('REMOTE_ADDR', '')}", settings.THROTTLE_ADDRESS)


def pour(caller: str, per_minute: int) -> None:
    """One more request of this caller. Raises TooManyRequests; 0 a minute means no limit."""
    if not per_minute:
        return
    key, now = f"throttle:{caller}", time.monotonic()
    empty_at = max(cache.get(key, now), now) + MINUTE / per_minute
    if empty_at > now + MINUTE:
        raise TooManyRequests(empty_at - now - MINUTE)
    cache.set(key, empty_at, MINUTE)
