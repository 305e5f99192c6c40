"""`Idempotency-Key`: a request that is sent again, because its answer was lost, happens once.

The first request to arrive stores the key with the id that its run will have; the database's
unique constraint decides which one is first. Whoever comes later waits for the first answer. Where
the first one died on the way, a later one dispatches the work itself, under the same run id: two
dispatches of one key cannot both be stored.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from analysis.errors import AnalysisNotFound, KeyRejected, KeyReused
from analysis.models import Analysis, IdempotentRequest
from analysis.service import find, represent
from progress.service import Viewer

KEPT = dt.timedelta(hours=24)
MOST = 1_000  # kept keys of one owner; the oldest go first
PATIENCE = 3.0  # seconds until a first request without an answer counts as lost
LOOK = 0.05
VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")

Dispatch = Callable[[uuid.UUID], Analysis]


@dataclasses.dataclass(frozen=True)
class Answer:
    """An analysis as it was first given, and whether it was given before."""

    body: dict[str, Any]
    replayed: bool = False


def once(viewer: Viewer, key: str | None, request: Any, dispatch: Dispatch) -> Answer:
    """Dispatch once per owner and key. `request` is what has to be equal, as JSON types.

    Raises KeyRejected, KeyReused, and what `dispatch` raises, after which the key is free again.
    """
    if key is None:
        return Answer(represent(dispatch(uuid.uuid4())))
    if not VISIBLE.fullmatch(key):
        raise KeyRejected
    tidy(viewer.key)
    kept, is_first = claim(viewer.key, key, fingerprint(request))
    if kept.fingerprint != fingerprint(request):
        raise KeyReused
    found = None if is_first else first_answer(viewer, kept)
    return found or Answer(perform(viewer, kept, dispatch))


def fingerprint(request: Any) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def tidy(owner: str) -> None:
    """Forget what is too old or too much, a few at a time, so that nobody waits for it."""
    kept = IdempotentRequest.objects
    old = kept.filter(created_at__lt=timezone.now() - KEPT).values("pk")[:100]
    many = kept.filter(owner=owner).order_by("-created_at").values("pk")[MOST : MOST + 100]
    for found in (old, many):
        kept.filter(pk__in=[row["pk"] for row in found]).delete()


def claim(owner: str, key: str, fingerprint: str) -> tuple[IdempotentRequest, bool]:
    """The stored request of this key, and whether it is this one."""
    with transaction.atomic():
        return IdempotentRequest.objects.get_or_create(
            owner=owner,
            key=key,
            defaults={"fingerprint": fingerprint, "created_at": timezone.now()},
        )


def first_answer(viewer: Viewer, kept: IdempotentRequest) -> Answer | None:
    """Wait for it; None if there is none, because the first request failed or its process died."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        now = IdempotentRequest.objects.filter(pk=kept.pk).first()
        if now is None:
            break
        if now.body is not None:
            return Answer(now.body, replayed=True)
        time.sleep(LOOK)
    return stored_answer(viewer, kept)


def stored_answer(viewer: Viewer, kept: IdempotentRequest) -> Answer | None:
    """The analysis, where its process died between storing it and answering."""
    try:
        return Answer(represent(find(viewer, kept.run_id)), replayed=True)
    except AnalysisNotFound:
        return None


def perform(viewer: Viewer, kept: IdempotentRequest, dispatch: Dispatch) -> dict[str, Any]:
    try:
        body = represent(dispatch(kept.run_id))
    except IntegrityError:
        return represent(find(viewer, kept.run_id))  # another dispatch of the same key was faster
    except Exception as error:
        if is_refusal(error):
            kept.delete()
        raise
    IdempotentRequest.objects.filter(pk=kept.pk).update(body=body)
    return body


def is_refusal(error: Exception) -> bool:
    """Nothing was stored for certain; after a failure of ours it may have been."""
    return getattr(error, "status", 500) < 500
