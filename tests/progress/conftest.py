"""Sessions to write to, a way to wait for what is stored, and the doors on a real server."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from progress import service
from progress.access import Viewer
from progress.conf import conf
from progress.models import Session
from tests.progress.house import House
from tests.progress.outage import Outage


@pytest.fixture(autouse=True)
def configure(settings: Any) -> Iterator[Callable[..., None]]:
    """Changes settings of `progress` for a test. Lost hints are always looked for quickly."""

    def change(**given: Any) -> None:
        settings.PROGRESS = {**getattr(settings, "PROGRESS", {}), **given}
        conf.cache_clear()

    change(safety_check=0.2)
    yield change
    conf.cache_clear()


@pytest.fixture
def viewer() -> Viewer:
    return Viewer(browser=uuid.uuid4())


@pytest.fixture
def session(transactional_db: None, viewer: Viewer) -> Iterator[Session]:
    """A session of `viewer`; what a test left unstored is stored before its tables are emptied."""
    yield service.create_session(viewer, "Test")
    service.drain(10)


@pytest.fixture
def outage(session: Session) -> Iterator[Outage]:
    """An outage of the database for this process's writer, not begun yet."""
    found = Outage()
    yield found
    found.end()


@pytest.fixture
async def house(session: Session, viewer: Viewer) -> AsyncIterator[House]:
    """The doors on a real server on this test's event loop, with `viewer`'s cookie."""
    async with House(viewer) as opened:
        yield opened
