"""What a question was and what came of it, the chat history, answers worth keeping, and keys."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from rest_framework_api_key.models import AbstractAPIKey


class Analysis(models.Model):
    """One request: a question, a context search or a statement of SQL. Its id is its run's id."""

    class Kind(models.TextChoices):
        QUESTION = "question"
        SEARCH = "search"
        EXECUTE = "execute"

    run = models.OneToOneField("progress.Run", models.CASCADE, primary_key=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.QUESTION)
    question = models.TextField()
    provider = models.CharField(max_length=20, default="embedded")
    # What the person chose: {slot: phrase}, from edited chips and answered questions.
    overrides = models.JSONField(default=dict, blank=True)
    refresh = models.BooleanField(default=False)
    retry_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    request_id = models.CharField(max_length=64, blank=True)

    # What it was understood as (Intent.to_json); follow-ups start from it.
    intent = models.JSONField(null=True, blank=True)
    # What came out: {"answer", "note", "table", "chart", "sql", "data_through", "follow_ups"}.
    outcome = models.JSONField(null=True, blank=True)
    unsupported = models.JSONField(null=True, blank=True)
    cached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "analyses"

    def __str__(self) -> str:
        return self.question[:80]

    @property
    def id(self) -> uuid.UUID:
        return self.run_id

    @property
    def session_id(self) -> uuid.UUID:
        return self.run.session_id


class Message(models.Model):
    """One line of a conversation, as the person wrote it or as it was answered."""

    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"

    session = models.ForeignKey("progress.Session", models.CASCADE, related_name="+")
    run = models.ForeignKey("progress.Run", models.CASCADE, related_name="+")
    role = models.CharField(max_length=9, choices=Role)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            # A run that is repeated after a dead worker says the same thing once.
            models.UniqueConstraint(fields=["run", "role"], name="analysis_message_once"),
        )
        indexes = (models.Index(fields=["session", "id"], name="analysis_message_session"),)

    def __str__(self) -> str:
        return self.text[:80]


class CachedAnswer(models.Model):
    """An outcome under the hash of its meaning, the data's version and the engine's version."""

    key = models.CharField(max_length=64, primary_key=True)
    outcome = models.JSONField()
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class AccessToken(AbstractAPIKey):
    """A token of a program, kept as a hash; it acts for the one who made it (`tokens`)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    browser = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    scopes = models.JSONField(default=list)

    class Meta(AbstractAPIKey.Meta):
        verbose_name = "access token"
        verbose_name_plural = "access tokens"


class IdempotentRequest(models.Model):
    """A request that is made once, however often it is sent (`idempotency`)."""

    owner = models.CharField(max_length=60)  # Viewer.key
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    # Decided before the work is dispatched: two that dispatch it anyway collide on its id.
    run_id = models.UUIDField(default=uuid.uuid4)
    # The first answer as it was given; null until then.
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["owner", "key"], name="analysis_idempotent_once"),
        )
        indexes = (models.Index(fields=["owner", "-created_at"], name="analysis_idempotent_owner"),)

    def __str__(self) -> str:
        return self.key
