"""The end of a process that serves."""

from __future__ import annotations

import pytest

from progress import holders, lifespan, service
from progress.dispatch import inprocess
from progress.models import Session
from progress.service import in_thread

pytestmark = pytest.mark.stack

COUNT = 2_000


async def test_an_orderly_end_stores_what_was_emitted_and_leaves_no_mark(session: Session):
    mark = holders.path(holders.holder.lease().bytes[: holders.SIZE])
    for number in range(COUNT):
        await service.progress_info(session.id, f"event {number}")
    try:
        await lifespan.end(0)
    finally:
        inprocess.reopen()
    assert await in_thread(session.events.count) == COUNT
    assert not mark.exists()
    again = holders.path(holders.holder.lease().bytes[: holders.SIZE])
    assert again != mark and again.exists()  # a server that starts in the same process
