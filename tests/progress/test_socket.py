"""One WebSocket from its greeting to its end, with the server's transport and without it."""

from __future__ import annotations

import asyncio
import socket as sockets
import uuid

import orjson
import pytest

from progress import consumers, service, socket
from progress.access import Viewer
from progress.consumers import Mediator
from progress.direct import DirectProtocol
from progress.frames import Frame
from progress.hub import hub
from progress.log import Stored
from progress.models import Session
from progress.service import in_thread
from progress.sse import clear_log
from progress.stream import Follower
from progress.writer import writer
from tests.progress.house import Client, House

pytestmark = pytest.mark.stack


@pytest.fixture(params=["direct", "mediated"])
async def house(request, session, viewer):
    async with House(viewer, direct=request.param == "direct") as opened:
        yield opened


async def report(session: Session, count: int, size: int = 0) -> None:
    for number in range(count):
        await service.progress_info(session.id, f"event {number}" + "x" * size)
    assert await in_thread(service.drain, 10)


async def test_a_viewer_is_greeted_caught_up_and_then_live(house: House, session: Session):
    await report(session, 3)
    async with house.socket(session.id) as client:
        frames = await client.until("live")
        await report(session, 2)
        later = await client.events(5)
    assert [frame["type"] for frame in frames] == ["ready", "events", "live"]
    assert frames[0] == {
        "type": "ready", "head": 3, "first": 1, "heartbeat": 15.0, "ack": not house.direct,
    }  # fmt: skip
    assert [event["seq"] for event in frames[1]["events"]] == [1, 2, 3]
    assert frames[2]["seq"] == 3
    assert [event["message"] for event in later] == ["event 0", "event 1"]


async def test_a_viewer_who_comes_back_gets_exactly_what_it_missed(house: House, session: Session):
    await report(session, 5)
    async with house.socket(session.id, after=3) as client:
        assert [event["seq"] for event in await client.events(5)] == [4, 5]


async def test_a_viewer_at_the_head_is_live_at_once(house: House, session: Session):
    await report(session, 5)
    async with house.socket(session.id, after=5) as client:
        assert [frame["type"] for frame in await client.until("live")] == ["ready", "live"]


async def test_resume_sends_again_what_follows_the_cursor(house: House, session: Session):
    await report(session, 4)
    async with house.socket(session.id, after=4) as client:
        await client.until("live")
        await client.say(type="resume", after=2)
        assert [event["seq"] for event in await client.events(4)] == [3, 4]
        assert (await client.frame()) == {"type": "live", "seq": 4}


async def stalled_mediated(client: Client, session: Session) -> socket.Socket:
    """The server's end of a client that acknowledges nothing, when it was sent all it may be."""
    await client.until("live")
    client.acknowledges = False
    await report(session, 4, size=100_000)
    (found,) = socket.open_sockets
    async with asyncio.timeout(20):
        while not found.stalled:
            await asyncio.sleep(0.01)
    return found


async def test_a_resume_makes_room_for_what_is_sent_again(session: Session, viewer: Viewer):
    async with House(viewer, direct=False) as house, house.socket(session.id) as client:
        await stalled_mediated(client, session)
        await client.say(type="resume", after=0)
        firsts = 0
        async with asyncio.timeout(20):
            while firsts < 2:
                firsts += [e["seq"] for e in (await client.frame()).get("events", [])].count(1)


async def test_a_cleared_log_is_told_at_once_and_numbering_goes_on(house: House, session: Session):
    await report(session, 3)
    async with house.socket(session.id) as client:
        await client.until("live")
        await in_thread(clear_log, session.id)
        reset = (await client.until("reset"))[-1]
        assert reset == {"type": "reset", "reason": "cleared", "head": 3, "first": 4}
        await report(session, 1)
        assert [event["seq"] for event in await client.events(4)] == [4]


async def test_a_cursor_beyond_the_log_is_told(house: House, session: Session):
    await report(session, 2)
    async with house.socket(session.id, after=50) as client:
        frames = await client.until("live")
    assert [frame["type"] for frame in frames] == ["ready", "reset", "events", "live"]
    assert frames[1]["reason"] == "rewound"


async def test_heartbeats_tell_the_head(house: House, session: Session, configure):
    configure(heartbeat=0.2)
    await report(session, 2)
    async with house.socket(session.id) as client:
        # This hub's timer may sleep for one slice of the usual heartbeat before it is quick.
        assert (await client.until("heartbeat"))[-1] == {"type": "heartbeat", "head": 2}


@pytest.mark.parametrize(
    ("address", "code"),
    [("nonsense", 4404), (str(uuid.UUID(int=1)), 4404)],
)
async def test_a_session_that_does_not_exist_closes_with_4404(house: House, address, code):
    async with house.socket(address) as client:
        assert await client.close_code() == code


async def test_somebody_elses_session_closes_with_4403(house: House):
    other = await in_thread(service.create_session, Viewer(browser=uuid.uuid4()))
    async with house.socket(other.id) as client:
        assert await client.close_code() == 4403


async def test_nobody_is_asked_to_sign_in_with_4401(house: House, session: Session):
    async with house.socket(session.id, headers={}) as client:
        assert await client.close_code() == 4401


async def test_a_foreign_page_cannot_open_a_socket_with_our_cookies(house: House, session: Session):
    headers = {**house.headers, "Origin": "https://elsewhere.example"}
    async with house.socket(session.id, headers=headers) as client:
        assert await client.close_code() == 4403


async def test_a_cursor_that_is_no_number_closes_with_4400(house: House, session: Session):
    async with house.socket(session.id, after="-1") as client:
        assert await client.close_code() == 4400


@pytest.mark.parametrize(
    "said", ["no json", "[1]", '{"type":"nonsense"}', '{"type":"resume","after":-3}', b"\x00", "{}"]
)
async def test_a_bad_frame_gets_an_error_and_then_4400(house: House, session: Session, said):
    async with house.socket(session.id) as client:
        await client.until("live")
        await client.connection.send(said)
        reply = await client.frame()
        assert reply["type"] == "reply" and reply["ok"] is False
        assert reply["error"]["code"] == "bad_parameter"
        assert await client.close_code() == 4400


async def test_too_many_sockets_of_one_owner_close_with_4429(house, session, configure):
    configure(streams_per_owner=2)
    async with house.socket(session.id) as one, house.socket(session.id) as two:
        await one.until("live"), await two.until("live")
        async with house.socket(session.id) as three:
            assert await three.close_code() == 4429
    async with house.socket(session.id) as again:
        assert (await again.until("live"))[0]["type"] == "ready"


async def test_a_command_is_replied_to_under_its_id(house: House, session: Session):
    run = await in_thread(queued, session)
    async with house.socket(session.id) as client:
        await client.until("live")
        await client.say(type="cancel", id="c7", run=str(run.id))
        reply = (await client.until("reply"))[-1]
        assert reply == {"type": "reply", "id": "c7", "ok": True, "state": "cancelled"}


async def test_a_command_does_not_keep_the_acknowledgements_behind_it_from_being_heard(
    session: Session, viewer: Viewer
):
    async with House(viewer, direct=False) as house, house.socket(session.id) as client:
        await stalled_mediated(client, session)
        await client.say(type="cancel", id="c", run=str(uuid.uuid4()))
        taken = [frame for frame in await client.until("reply") if frame["type"] == "events"]
        await client.say(type="ack", seq=taken[-1]["events"][-1]["seq"])
        assert (await client.until("events"))[-1]["events"][-1]["seq"] == 4


class Wire:
    """A connection that takes everything."""

    needs_ack = False

    def __init__(self) -> None:
        self.pushed: list[bytes] = []
        self.push = self.pushed.append

    def write(self, frame: Frame, seq: int = 0) -> None: ...

    def has_room(self) -> bool:
        return True

    def acknowledge(self, seq: int) -> None: ...

    def hold(self) -> None: ...

    def release(self) -> None: ...

    def close(self, code: int) -> None: ...


def let_in(viewer: Viewer, session: Session, wire: Wire, commands: dict) -> socket.Socket:
    """A socket of an empty log whose viewer was let in."""
    found = socket.Socket(wire, commands)
    found.follower = Follower(session.id, 0)
    found._begin(viewer, found.follower, 1, 0)
    return found


async def test_a_full_wire_is_pushed_nothing(session: Session, viewer: Viewer):
    wire = Wire()
    found = let_in(viewer, session, wire, {})
    hub().receive([Stored(session.id, 1, [b"{}"])])
    found.hold_back()
    hub().receive([Stored(session.id, 2, [b"{}"])])
    assert len(wire.pushed) == 1 and found.follower.cursor == 1
    found.lost()
    await hub().stop()


async def test_a_command_goes_on_when_its_connection_has_ended(session: Session, viewer: Viewer):
    begun, may_end, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def act(viewer: Viewer, session_id: uuid.UUID, frame: dict) -> None:
        begun.set()
        await may_end.wait()
        done.set()

    found = let_in(viewer, session, Wire(), {"act": act})
    found.received('{"type":"act","id":1}')
    async with asyncio.timeout(20):
        await begun.wait()
        found.lost()
        may_end.set()
        await done.wait()
    await hub().stop()


async def test_what_is_stored_while_a_socket_opens_waits_for_no_safety_check(
    house: House, session: Session, configure, monkeypatch
):
    readable = socket.readable

    def overtaken(*asked):
        bounds = readable(*asked)
        service.progress_info_sync(session.id, "meanwhile")
        assert service.drain(10)
        return bounds

    configure(safety_check=600.0)
    monkeypatch.setattr(socket, "readable", overtaken)
    async with house.socket(session.id) as client:
        assert [event["message"] for event in await client.events(1)] == ["meanwhile"]


async def test_a_client_that_leaves_while_it_is_let_in_leaves_nothing(
    house: House, session: Session
):
    cookie = house.headers["Cookie"].encode()
    scope = {
        "type": "websocket",
        "path": "/",
        "query_string": b"",
        "headers": [(b"cookie", cookie), (b"host", b"localhost")],
        "url_route": {"kwargs": {"session": str(session.id)}},
    }
    found = socket.Socket(Wire(), {})
    opening = asyncio.create_task(found.open(scope))
    await asyncio.sleep(0)
    found.lost()
    await opening
    assert found.follower is None and session.id not in hub().topics
    assert found not in socket.open_sockets


async def test_commands_of_one_packet_are_obeyed_in_turn(house: House, session: Session):
    async with house.socket(session.id) as client:
        await client.until("live")
        for number in range(20):
            await client.say(type="cancel", id=number, run=str(uuid.uuid4()))
        replies = [(await client.until("reply"))[-1]["id"] for _ in range(20)]
    assert replies == list(range(20))


async def test_a_refused_command_leaves_the_socket_open(house: House, session: Session):
    async with house.socket(session.id) as client:
        await client.until("live")
        await client.say(type="cancel", id=1, run=str(uuid.uuid4()))
        reply = (await client.until("reply"))[-1]
        assert (reply["id"], reply["ok"], reply["error"]["code"]) == (1, False, "run_not_found")
        assert len(reply["error"]["request_id"]) == 32
        await client.say(type="answer", id=2, run="no id", ask="none")
        assert (await client.until("reply"))[-1]["id"] == 2
        await report(session, 1)
        assert await client.events(1)


def queued(session: Session):
    from progress.models import Run
    from progress.runs import create

    return writer().change(create(Run(session=session))).result(10)


async def test_a_deleted_session_ends_its_sockets_with_4404(house: House, session: Session):
    async with house.socket(session.id) as client:
        await client.until("live")
        await in_thread(Session.objects.filter(id=session.id).delete)
        assert await client.close_code() == 4404


async def test_at_a_restart_clients_are_told_when_to_come_back(house: House, session: Session):
    async with house.socket(session.id) as client:
        await client.until("live")
        await socket.say_goodbye()
        bye = (await client.until("bye"))[-1]
        assert bye["retry_ms"] == [200, 3000]
        assert await client.close_code() == 1012


async def test_nothing_is_left_of_a_client_that_has_gone(house: House, session: Session):
    async with house.socket(session.id) as client:
        await client.until("live")
        assert len(socket.open_sockets) == 1
    async with asyncio.timeout(30):
        while socket.open_sockets:
            await asyncio.sleep(0.01)
    assert not hub().topics and not hub().pulse.place


async def test_a_client_cut_off_without_a_word_leaves_nothing_either(house, session):
    async with house.socket(session.id) as client:
        await client.until("live")
        client.connection.transport.abort()
        async with asyncio.timeout(30):
            while socket.open_sockets:
                await asyncio.sleep(0.01)


async def stalled(house: House, session: Session) -> sockets.socket:
    """A raw connection that shakes hands and then reads nothing."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", house.port))
    request = (
        f"GET /ws/progress/{session.id} HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nCookie: {house.headers['Cookie']}\r\n\r\n"
    )
    await loop.sock_sendall(raw, request.encode())
    async with asyncio.timeout(30):
        while not any(s.follower for s in socket.open_sockets):
            await asyncio.sleep(0.01)
    return raw


def waiting_bytes(found: socket.Socket) -> int:
    """What this process holds for a stalled reader."""
    if isinstance(found.wire, DirectProtocol):
        return found.wire.transport.get_write_buffer_size()
    assert isinstance(found.wire, Mediator)
    return sum(len(message.get("text", "")) for message in found.wire.waiting)


async def test_a_stalled_reader_costs_at_most_a_mebibyte_and_others_are_not_slowed(house, session):
    raw = await stalled(house, session)
    await report(session, 150, size=100_000)
    async with house.socket(session.id, after=145) as client:
        async with asyncio.timeout(30):
            assert [event["seq"] for event in await client.events(150)] == [*range(146, 151)]
    async with asyncio.timeout(30):
        while not (stuck := [s for s in socket.open_sockets if s.stalled]):
            await asyncio.sleep(0.01)
    assert stuck[0].follower.cursor < 150
    assert waiting_bytes(stuck[0]) <= 1_048_576
    raw.close()


async def test_a_reader_that_takes_nothing_for_long_is_closed_with_4408(house, session, configure):
    configure(stall_timeout=0.2, heartbeat=0.3)
    before = socket.dropped_for_slowness
    raw = await stalled(house, session)
    await report(session, 150, size=100_000)
    async with asyncio.timeout(8):
        while socket.dropped_for_slowness == before:
            await asyncio.sleep(0.05)
    raw.close()


async def test_a_server_that_cannot_get_rid_of_the_goodbye_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(consumers, "LAST_WORDS", 0.05)
    never = asyncio.Event()

    async def send(_: object) -> None:
        await never.wait()

    async def receive() -> dict[str, object]:
        await send({})
        return {}

    async with asyncio.timeout(30):
        await Mediator(receive, send).serve({"query_string": b"after=nonsense"}, {})


async def test_a_reader_that_was_stalled_goes_on_without_a_loss(house: House, session: Session):
    raw = await stalled(house, session)
    await report(session, 80, size=100_000)
    found = await read_events(raw, 80, acknowledge=not house.direct)
    assert found == list(range(1, 81))
    raw.close()


async def test_nothing_follows_the_answer_to_a_goodbye(session: Session, viewer: Viewer):
    """Also when the answer still waits for a client that is slow to read."""
    loop = asyncio.get_running_loop()
    async with House(viewer) as house:
        raw = await stalled(house, session)
        (found,) = socket.open_sockets
        while not waiting_bytes(found):
            await report(session, 1, size=130_000)
        assert found.follower is not None and found.follower.push is not None
        await loop.sock_sendall(raw, b"\x88\x82\0\0\0\0\x03\xe8")
        async with asyncio.timeout(30):
            while socket.open_sockets:
                await asyncio.sleep(0.01)
        await report(session, 1)
        received = await read_all(raw)
    assert received.endswith(b"\x88\x02\x03\xe8")


async def read_all(raw: sockets.socket) -> bytes:
    loop, received = asyncio.get_running_loop(), b""
    async with asyncio.timeout(20):
        while piece := await loop.sock_recv(raw, 1 << 20):
            received += piece
    raw.close()
    return received


async def read_events(raw: sockets.socket, last: int, acknowledge: bool) -> list[int]:
    loop, buffer, found = asyncio.get_running_loop(), b"", []
    async with asyncio.timeout(20):
        while not found or found[-1] < last:
            buffer += await loop.sock_recv(raw, 1 << 20)
            if b"\r\n\r\n" in buffer[:500]:
                buffer = buffer.split(b"\r\n\r\n", 1)[1]
            frames, buffer = split(buffer)
            for frame in frames:
                found += [event["seq"] for event in orjson.loads(frame).get("events", [])]
            if acknowledge and found:
                await loop.sock_sendall(raw, masked(b'{"type":"ack","seq":%d}' % found[-1]))
    return found


def split(buffer: bytes) -> tuple[list[bytes], bytes]:
    """The payloads of whole frames, and the rest."""
    frames = []
    while len(buffer) >= 10:
        size, start = buffer[1], 2
        if size > 125:
            start = 4 if size == 126 else 10
            size = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + size:
            break
        frames.append(buffer[start : start + size])
        buffer = buffer[start + size :]
    return frames, buffer


def masked(payload: bytes) -> bytes:
    """A text frame of a client; the mask of zeros leaves the text as it is."""
    size = len(payload)
    length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return b"\x81" + length + b"\0\0\0\0" + payload
