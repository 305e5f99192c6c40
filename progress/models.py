"""The log and what it is about: sessions, runs, events, and questions to the user."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from .access import Viewer


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, viewer: Viewer) -> SessionQuerySet:
        """The one rule of ownership, used by every door: its user's, or its browser's."""
        found = self.filter(id=viewer.only) if viewer.only else self
        if viewer.user_id is not None:
            return found.filter(user_id=viewer.user_id)
        if viewer.browser is not None:
            return found.filter(user_id=None, browser=viewer.browser)
        return found.none()


class Session(models.Model):
    """One conversation; owns a gapless sequence of events numbered from 1."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    browser = models.UUIDField(null=True, blank=True, editable=False)
    title = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # The first event still stored and the last one ever numbered; first = last + 1 when none is.
    first_seq = models.BigIntegerField(default=1, editable=False)
    last_seq = models.BigIntegerField(default=0, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["user", "-created_at"], name="progress_session_user"),
            models.Index(fields=["browser", "-created_at"], name="progress_session_browser"),
            models.Index(fields=["-created_at"], name="progress_session_created"),
        )

    def __str__(self) -> str:
        return self.title or str(self.id)


class Run(models.Model):
    """One piece of work in a session, with named steps, a state and timings."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        WAITING = "waiting"
        SUCCEEDED = "succeeded"
        UNSUPPORTED = "unsupported"
        FAILED = "failed"
        CANCELLED = "cancelled"
        INTERRUPTED = "interrupted"

    LIVE = (State.QUEUED, State.RUNNING, State.WAITING)
    FINAL = (
        State.SUCCEEDED,
        State.UNSUPPORTED,
        State.FAILED,
        State.CANCELLED,
        State.INTERRUPTED,
    )
    TRANSITIONS: ClassVar = {
        State.QUEUED: {State.RUNNING, State.CANCELLED, State.FAILED, State.INTERRUPTED},
        State.RUNNING: {State.QUEUED, State.WAITING, *FINAL},
        State.WAITING: {State.QUEUED, State.CANCELLED, State.FAILED},
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=50, default="job")
    title = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    step = models.PositiveSmallIntegerField(null=True)
    total_steps = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    waited_ms = models.FloatField(default=0)  # for the user; not part of how long the work takes
    waiting_since = models.DateTimeField(null=True)
    step_started_at = models.DateTimeField(null=True, editable=False)
    # {"2": [how long step 2 took, from its beginning to the end of the run]}, once the run is over.
    step_ms = models.JSONField(default=dict, editable=False)
    forecast = models.JSONField(null=True, editable=False)  # as it was made, see `forecast`
    warnings = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=50, blank=True)
    error = models.TextField(blank=True)
    # The task to enqueue again when a worker died or an answer came; empty: cannot be repeated.
    task = models.CharField(max_length=200, blank=True)
    checkpoint = models.JSONField(default=dict, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    # Whoever holds the lease may write for the run. Beats count up instead of naming a time, so
    # that no clock of any machine decides who is alive (see `reaper`).
    lease = models.UUIDField(null=True, editable=False)
    beats = models.BigIntegerField(default=0, editable=False)
    cancel_requested = models.BooleanField(default=False)

    # What `worked_ms` reads: of many runs these are fetched with them, not one by one.
    TIMES = ("started_at", "finished_at", "waiting_since", "waited_ms")

    class Meta:
        indexes = (
            models.Index(fields=["session", "created_at"], name="progress_run_session"),
            models.Index(fields=["-created_at"], name="progress_run_created"),
            # The reaper and the dashboards ask for the few live runs among millions of old ones.
            models.Index(
                fields=["state"],
                name="progress_run_live",
                condition=Q(state__in=["queued", "running", "waiting"]),
            ),
            models.Index(fields=["kind", "state", "-finished_at"], name="progress_run_history"),
        )

    def __str__(self) -> str:
        return self.title or str(self.id)

    @property
    def is_final(self) -> bool:
        return self.state in self.FINAL

    @property
    def worked_ms(self) -> float:
        """Milliseconds of work so far, or in all; without what was spent waiting for the user."""
        if self.started_at is None:
            return 0.0
        until = self.waiting_since or self.finished_at or timezone.now()
        return max((until - self.started_at).total_seconds() * 1000 - self.waited_ms, 0.0)


class Event(models.Model):
    """One immutable line of the log. `seq` orders; ids and times only label."""

    id = models.BigAutoField(primary_key=True)
    # No index of its own: (session, seq) serves it, and every index is paid on each write.
    session = models.ForeignKey(Session, models.CASCADE, related_name="events", db_index=False)
    seq = models.BigIntegerField()
    run = models.ForeignKey(Run, models.CASCADE, null=True, related_name="events", db_index=False)
    kind = models.CharField(max_length=10)
    level = models.CharField(max_length=8)
    message = models.TextField(blank=True)
    step = models.PositiveSmallIntegerField(null=True)
    total_steps = models.PositiveSmallIntegerField(null=True)
    elapsed_ms = models.FloatField(null=True)
    data = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("session", "seq")
        constraints = (
            models.UniqueConstraint(fields=["session", "seq"], name="progress_event_seq"),
        )
        indexes = (
            models.Index(fields=["run", "seq"], name="progress_event_run"),
            models.Index(fields=["created_at"], name="progress_event_created"),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.message[:80]}"


class Ask(models.Model):
    """A question to the user that parks its run until answered, expired or cancelled."""

    class State(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"
        EXPIRED = "expired"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="asks")
    key = models.CharField(max_length=50)  # what the job calls the answer
    question = models.TextField()
    choices = models.JSONField(default=list)  # [{"value", "label"}]
    default = models.CharField(max_length=200, blank=True)
    allow_text = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["run"], condition=Q(state="open"), name="progress_one_open_ask"
            ),
        )
        indexes = (
            models.Index(
                fields=["expires_at"], name="progress_ask_open", condition=Q(state="open")
            ),
        )

    def __str__(self) -> str:
        return self.question[:80]

    def as_dict(self) -> dict[str, object]:
        """The ask as clients see it, in events and in the analysis."""
        return {
            "id": str(self.id),
            "question": self.question,
            "choices": self.choices,
            "default": self.default,
            "allow_text": self.allow_text,
            "expires_at": self.expires_at.isoformat().replace("+00:00", "Z"),
            "state": self.state,
        }


# A folder of their own, but models of this app.
from .webhooks.models import Delivery, Webhook  # noqa: E402

__all__ = ["Ask", "Delivery", "Event", "Run", "Session", "Webhook"]
