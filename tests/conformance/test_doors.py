"""Every door, over every layer, whatever happens to the hints: all events, once, in order."""

from __future__ import annotations

import asyncio
import os
import uuid

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from progress import service
from progress.access import Viewer
from progress.conf import conf
from progress.hub import hub
from progress.service import in_thread
from tests.conformance.chaos import FATES, Chaos
from tests.conformance.readers import OverLongPoll, OverServerSentEvents, OverWebSocket, Reader
from tests.progress.house import House

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]

DOORS: dict[str, tuple[type[Reader], bool]] = {
    "websocket": (OverWebSocket, True),
    "websocket without the transport": (OverWebSocket, False),
    "server-sent events": (OverServerSentEvents, True),
    "long poll": (OverLongPoll, True),
}

SCHEDULES_A_MINUTE = 5  # of a soak, for each door and layer

batches = st.lists(st.integers(1, 30), min_size=1, max_size=6)
fates = st.lists(st.sampled_from(FATES), max_size=30)
cuts = st.lists(st.integers(1, 100), max_size=4)


async def scenario(door, emit, batches: list[int], fates: list[str], cuts: list[int]) -> Reader:
    """A reader that is there from the start, while batches come; it must see all of them."""
    kind, direct = DOORS[door]
    viewer = Viewer(browser=uuid.uuid4())
    session = await in_thread(service.create_session, viewer)
    async with House(viewer, direct=direct) as house:
        Chaos(hub(), iter(fates))
        reader = kind(house, session.id, sum(batches), set(cuts))
        reading = asyncio.create_task(reader.read())
        for count in batches:
            await in_thread(emit, session.id, count)
        async with asyncio.timeout(20):
            await reading
        check_bounds()
    return reader


def check_bounds() -> None:
    """What the hub keeps is bounded however long it was listened to."""
    assert all(topic.size <= conf().tail_bytes for topic in hub().topics.values())
    assert hub().pages.size <= conf().page_cache_bytes


def check(door, emit, batches, fates, cuts) -> None:
    reader = asyncio.run(scenario(door, emit, batches, fates, cuts))
    assert reader.seen == list(range(1, sum(batches) + 1))
    assert reader.repeated == 0


def searched(examples: int):
    """Schedules found by hypothesis; each makes its own session, so fixtures may be shared."""
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

    def decorate(test):
        found = given(batches=batches, fates=fates, cuts=cuts)(test)
        return settings(
            max_examples=examples,
            deadline=None,
            suppress_health_check=quiet,
            derandomize=True,
            # A failing schedule costs its whole time limit; it is not worth making it smaller.
            phases=[Phase.explicit, Phase.generate],
        )(found)

    return decorate


@pytest.mark.parametrize("door", DOORS)
@searched(4)
def test_every_event_arrives_once_and_in_order(door, hints, emitter, batches, fates, cuts):
    check(door, emitter, batches, fates, cuts)


@pytest.mark.soak
@pytest.mark.parametrize("door", DOORS)
@searched(round(SCHEDULES_A_MINUTE * float(os.environ.get("SOAK_MINUTES", "30"))))
def test_every_event_arrives_once_and_in_order_for_long(door, hints, emitter, batches, fates, cuts):
    check(door, emitter, batches, fates, cuts)
