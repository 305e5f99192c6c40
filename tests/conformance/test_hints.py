"""Hints reach readers by themselves, here and over Redis: none waits for the safety check."""

from __future__ import annotations

import asyncio

import pytest

from progress import service
from progress.conf import conf
from progress.hub import hub
from progress.service import in_thread
from progress.stream import Follower

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def no_safety_check(hints, settings):
    settings.PROGRESS = {"safety_check": 3600.0}
    conf.cache_clear()


async def hear_one(emit) -> None:
    """Return once a hint tells a reader of news; those of before it was listened to are lost."""
    session = await in_thread(service.create_session)
    follower = Follower(session.id, 0)
    assert await follower.catch_up() is None and follower.is_live
    async with asyncio.timeout(30):
        while follower.is_live:
            await in_thread(emit, session.id, 1)
            await asyncio.sleep(0.05)
    follower.close()
    await hub().stop()


@pytest.mark.parametrize("layer", ["memory", "redis"], indirect=True, scope="module")
def test_news_are_heard_without_the_safety_check_also_by_a_second_loop(
    layer, no_safety_check, emitter
):
    for _ in range(2):
        asyncio.run(hear_one(emitter))
