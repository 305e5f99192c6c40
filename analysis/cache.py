"""Answers kept under their meaning: plan + data version + engine version, never likeness of text.

Differently worded questions with one meaning share an answer; other windows never do.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import orjson
from django.utils import timezone

from analysis.engine_version import engine_version
from analysis.intent import Intent
from analysis.models import CachedAnswer

KEPT = 2_000
TRIM_EVERY = 50


def key(intent: Intent, data_version: str) -> str:
    """SHA-256 of the normalised meaning; equal exactly when the answer must be equal."""
    meaning = orjson.dumps(intent.key(), option=orjson.OPT_SORT_KEYS)
    versions = f"\n{data_version}\n{engine_version()}".encode()
    return hashlib.sha256(meaning + versions).hexdigest()


def get(cache_key: str) -> CachedAnswer | None:
    """The answer kept under a key, which counts as used now; None where there is none."""
    found = CachedAnswer.objects.filter(key=cache_key).first()
    if found is not None:
        CachedAnswer.objects.filter(key=cache_key).update(used_at=timezone.now())
    return found


def put(cache_key: str, outcome: dict[str, Any]) -> dt.datetime:
    """Keep the outcome of an analysis, as JSON types; gives the time it was kept at."""
    now = timezone.now()
    CachedAnswer.objects.update_or_create(
        key=cache_key, defaults={"outcome": outcome, "created_at": now, "used_at": now}
    )
    trim()
    return now


def trim() -> None:
    """Forget what was used longest ago; a little more than needed, so that it happens rarely."""
    beyond = CachedAnswer.objects.order_by("-used_at").values_list("used_at", flat=True)
    oldest = beyond[KEPT : KEPT + 1].first()
    if oldest is not None:
        kept_from = beyond[KEPT - TRIM_EVERY]
        CachedAnswer.objects.filter(used_at__lt=kept_from).delete()
