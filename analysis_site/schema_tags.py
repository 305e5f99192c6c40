"""Names of the OpenAPI document that REST framework cannot know. Plain data: settings read it."""

TAGS = [
    {"name": "analyses", "description": "Ask, look, answer, cancel, try again"},
    {"name": "sessions", "description": "Conversations, each with its own log of events"},
    {"name": "progress", "description": "Events: live, a page at a time, or as a file"},
    {"name": "market", "description": "What data there is"},
    {"name": "tokens", "description": "Access of programs"},
    {"name": "webhooks", "description": "Events sent to you, signed"},
    {"name": "documents", "description": "What describes all this"},
]

#: First part of a path below /api to its tag.
OF_PATH = {
    "analyze": "analyses",
    "analyses": "analyses",
    "search": "analyses",
    "execute": "analyses",
    "sessions": "sessions",
    "progress": "progress",
    "market": "market",
    "suggest": "market",
    "tokens": "tokens",
    "tickets": "tokens",
    "webhooks": "webhooks",
    "schema": "documents",
    "docs": "documents",
    "asyncapi": "documents",
}

ENUMS = {
    "RunState": "progress.models.Run.State",
    "AnalysisKind": "analysis.models.Analysis.Kind",
    "EventKind": "progress.events.KINDS",
    "EventLevel": "progress.events.LEVELS",
    "AskState": "progress.models.Ask.State",
    "Scope": "analysis.tokens.SCOPES",
    "TokenStatus": ["usable", "expired", "revoked"],
    "DeliveryState": "progress.webhooks.models.Delivery.State",
}

#: Bodies in which an unknown field is an error.
CLOSED = ("NewWebhook", "WebhookChange")
