"""The real site, slow enough that things can happen in the middle of a run."""

from collections.abc import AsyncIterator, Callable

import pytest

from deploy.site import Web
from progress.client import AsyncClient
from tests.client.cable import Cable


@pytest.fixture(scope="module")
def slow_site(start_site: Callable[..., Web]) -> Web:
    return start_site(ANALYSIS_PACE_MS="200")


@pytest.fixture
async def cable(slow_site: Web) -> AsyncIterator[Cable]:
    async with Cable(slow_site.url) as opened:
        yield opened


@pytest.fixture
async def client(cable: Cable) -> AsyncIterator[AsyncClient]:
    """An anonymous browser of its own, on the other end of the cable."""
    async with AsyncClient(cable.url) as opened:
        yield opened
