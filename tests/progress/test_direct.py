"""The server's end of a connection: what it owes to a client that is slow, silent or wrong."""

from __future__ import annotations

import socket as sockets

import pytest

from progress import direct, socket
from progress.access import Viewer
from progress.conf import conf
from progress.direct import DirectProtocol
from progress.models import Session
from tests.progress.house import House
from tests.progress.test_socket import read_all, stalled

pytestmark = pytest.mark.stack


def wire() -> DirectProtocol:
    """The server's end of the only connection."""
    (found,) = socket.open_sockets
    assert isinstance(found.wire, DirectProtocol)
    return found.wire


async def test_a_client_that_does_not_answer_the_goodbye_is_cut_off(
    session: Session, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(direct, "CLOSING_SECONDS", 0.05)
    async with House(viewer) as house:
        raw = await stalled(house, session)
        await socket.say_goodbye()
        assert (await read_all(raw)).endswith(b"\x88\x02\x03\xf4")  # 1012, and then the end


@pytest.mark.skipif(not hasattr(sockets, "TCP_USER_TIMEOUT"), reason="Linux has it")
async def test_the_kernel_ends_connections_that_confirm_nothing(session: Session, viewer: Viewer):
    async with House(viewer) as house, house.socket(session.id) as client:
        await client.until("live")
        raw = wire().transport.get_extra_info("socket")
        milliseconds = raw.getsockopt(sockets.IPPROTO_TCP, sockets.TCP_USER_TIMEOUT)
        assert milliseconds == conf().stall_timeout * 2000


@pytest.mark.parametrize("is_direct", [True, False])
async def test_text_that_is_no_utf8_closes_with_1007(session, viewer, is_direct):
    async with House(viewer, direct=is_direct) as house, house.socket(session.id) as client:
        await client.until("live")
        await client.connection.send(b"\xff", text=True)
        assert await client.close_code() == 1007


async def test_while_a_command_is_at_work_new_room_does_not_make_it_listen(
    session: Session, viewer: Viewer
):
    async with House(viewer) as house, house.socket(session.id) as client:
        await client.until("live")
        held = wire()
        held.hold()
        held.pause_writing()
        held.resume_writing()
        assert not held.transport.is_reading()
        held.release()
        assert held.transport.is_reading()
