"""Heartbeats of all sockets of a loop, from one timer."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from .conf import conf

logger = logging.getLogger("progress.pulse")


class Beating(Protocol):
    """What wants to be reminded at each heartbeat."""

    def beat(self) -> None: ...


class Pulse:
    """The sockets, spread over slices of the heartbeat: a process with 20,000 of them never stops
    to greet them all at once."""

    SLICES = 30

    def __init__(self) -> None:
        self.slices: list[set[Beating]] = [set() for _ in range(self.SLICES)]
        self.place: dict[Beating, set[Beating]] = {}
        self.following = 0

    def join(self, member: Beating) -> None:
        # The slice that was just served: the first beat comes after nearly a whole heartbeat.
        chosen = self.slices[self.following - 1]
        chosen.add(member)
        self.place[member] = chosen

    def leave(self, member: Beating) -> None:
        self.place.pop(member, set()).discard(member)

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(conf().heartbeat / self.SLICES)
            members = tuple(self.slices[self.following])
            self.following = (self.following + 1) % self.SLICES
            for member in members:
                try:
                    member.beat()
                except Exception:
                    logger.exception("a socket was not greeted")
