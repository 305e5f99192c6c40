"""A receiver that the settings allow, and webhooks of the test's viewer that call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from progress.access import Viewer
from progress.models import Session, Webhook
from progress.webhooks import actions, outbox
from tests.progress.webhooks.receiver import Receiver


@pytest.fixture(autouse=True)
def quick(configure: Callable[..., None]) -> None:
    """Everything that takes seconds or hours in life takes a moment; the local host is allowed."""
    configure(
        webhook_allowed_hosts=("127.0.0.1", "localhost"),
        webhook_timeout=1.0,
        webhook_pause=0.0,
        webhook_poll=0.1,
    )
    outbox.demand.forget()  # what another test's webhooks left in this process


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as opened:
        yield opened


@pytest.fixture
def subscribe(session: Session, viewer: Viewer, receiver: Receiver) -> Callable[..., Webhook]:
    """Creates a webhook of the session's owner that calls the receiver."""

    def create(**fields: Any) -> Webhook:
        return actions.create(viewer, {"url": receiver.url, **fields})

    return create
