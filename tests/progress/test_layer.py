"""Hints between processes."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from channels.layers import InMemoryChannelLayer

from progress import layer
from progress.events import draft, encode
from progress.hub import Hub
from progress.layer import ORIGIN, Outbox, by_shard, in_messages, received
from progress.log import Stored


def stored(count: int = 1, size: int = 10) -> Stored:
    session = uuid.uuid4()
    events = [encode(draft(session, "x" * size), seq) for seq in range(1, count + 1)]
    return Stored(session, 1, events)


def test_a_hint_comes_out_as_it_went_in_for_every_process_but_its_own():
    batch = [stored(2), stored(3)]
    hints = [hint for shard in by_shard(batch).values() for hint in shard]
    message = {"type": layer.HINT, "from": "another process", "batch": hints}
    assert sorted(received(message)) == sorted(batch)
    assert received({**message, "from": ORIGIN}) == []


def test_messages_of_other_versions_are_ignored():
    assert received({"type": "progress.other", "batch": "?"}) == []
    assert received({}) == []


def test_sessions_spread_over_the_shards_and_each_keeps_to_one(configure):
    configure(shards=3)
    batch = [stored() for _ in range(100)]
    spread = by_shard(batch * 2)
    assert set(spread) == {0, 1, 2}
    for hints in spread.values():
        sessions = [session for session, *_ in hints]
        assert len(sessions) == 2 * len(set(sessions))


def test_hints_are_cut_into_messages_that_a_broker_carries(monkeypatch):
    monkeypatch.setattr(layer, "MESSAGE_BYTES", 1_000)
    hints = next(iter(by_shard([stored(1, 400)]).values())) * 7
    cut = list(in_messages(hints))
    assert sum(map(len, cut)) == 7 and len(cut) >= 4
    assert all(len(some) == 1 or sum(len(e) for h in some for e in h[2]) <= 1_000 for some in cut)


class Slow(InMemoryChannelLayer):
    """A layer that takes its time, as one over a network may."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict] = []
        self.gate = asyncio.Event()

    async def group_send(self, group, message):
        await self.gate.wait()
        self.sent.append(message)


class Unsteady(InMemoryChannelLayer):
    """A layer whose connection breaks when it is first listened to."""

    def __init__(self) -> None:
        super().__init__()
        self.broke = False

    async def receive(self, channel):
        if not self.broke:
            self.broke = True
            raise ConnectionError("the broker went away")
        return await super().receive(channel)


class Broken(InMemoryChannelLayer):
    async def group_send(self, group, message):
        raise ConnectionError("no broker")


@pytest.fixture
def over(monkeypatch):
    def use(found):
        monkeypatch.setattr(layer, "get_channel_layer", lambda: found)
        return found

    return use


async def sent(outbox: Outbox) -> None:
    assert outbox.sending is not None
    await outbox.sending


async def test_what_is_stored_while_one_hint_is_sent_goes_with_the_next(over):
    slow = over(Slow())
    outbox = Outbox(asyncio.get_running_loop())
    one = stored()
    for _ in range(50):
        outbox.add([one])
        await asyncio.sleep(0)
    slow.gate.set()
    await sent(outbox)
    assert len(slow.sent) == 2 and len(slow.sent[1]["batch"]) == 49


async def test_a_broken_layer_drops_hints_instead_of_piling_them_up(over):
    over(Broken())
    before = layer.dropped
    outbox = Outbox(asyncio.get_running_loop())
    outbox.add([stored()])
    await sent(outbox)
    assert layer.dropped == before + 1 and not outbox.waiting and outbox.sending is None


async def test_a_layer_that_is_away_is_told_once_and_so_is_its_return(over, caplog):
    outbox = Outbox(asyncio.get_running_loop())
    for kind in (Broken, Broken, Broken, InMemoryChannelLayer):
        over(kind())
        outbox.add([stored()])
        await sent(outbox)
    told = [line.message.partition(",")[0].partition(";")[0] for line in caplog.records]
    assert told == ["hints are dropped", "hints are sent again"]


async def test_a_layer_that_stands_still_costs_the_hints_that_waited_for_it(over, monkeypatch):
    over(Slow())
    monkeypatch.setattr(Outbox, "PATIENCE", 0.05)
    before = layer.dropped
    outbox = Outbox(asyncio.get_running_loop())
    outbox.add([stored()])
    await asyncio.sleep(0)  # now the first is being sent
    outbox.add([stored(), stored()])
    async with asyncio.timeout(20):
        await sent(outbox)
    assert layer.dropped == before + 3 and not outbox.waiting


class Ears(Hub):
    """A hub that only keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: asyncio.Queue[list[Stored]] = asyncio.Queue()

    def tell(self, stored: list[Stored]) -> None:
        if stored:
            self.heard.put_nowait(stored)


async def test_a_layer_that_broke_is_listened_to_again(over):
    unsteady, ears, hint = over(Unsteady()), Ears(), stored()
    (some,) = by_shard([hint]).values()
    layer.join(ears)
    layer.listen()
    async with asyncio.timeout(20):
        while not unsteady.broke:
            await asyncio.sleep(0.01)
        message = {"type": layer.HINT, "from": "another process", "batch": some}
        await unsteady.group_send(layer.group(0), message)
        assert await ears.heard.get() == [hint]
    layer.leave(ears)
