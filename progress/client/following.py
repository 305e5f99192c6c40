"""Each event once and in order, whatever the network does: the client's half of the protocol.

`seq <= last`: seen, dropped. `seq == last + 1`: taken. A gap, or a head beyond `last` at a
heartbeat: asked for again from `last`. Reconnecting has full jitter. A transport that failed twice
in a row without getting through is left for the next one.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import httpx

from .errors import Broken
from .shapes import Event
from .transports import TRANSPORTS, Frame, Place

SHORTEST, LONGEST = 0.5, 20.0  # seconds; the bound of the pause doubles from one to the other
STABLE = 10.0  # seconds, after which a connection counts as a good one


class Follower:
    """One session's events from a place in its log on; iterate `events()`."""

    def __init__(
        self, http: httpx.AsyncClient, session: str, after: int, transports: Sequence[str]
    ) -> None:
        self.http = http
        self.session = session
        self.place = Place(after)
        self.names = list(transports)
        self.failed = 0  # times in a row that the transport did not get through
        self.attempt = 0

    @property
    def transport(self) -> str:
        """The name of the transport in use."""
        return self.names[0]

    async def events(self) -> AsyncGenerator[Event, None]:
        """Without end. Raises ConnectionRefused when trying again is useless."""
        while True:
            started, through, pause = time.monotonic(), False, None
            try:
                async with aclosing(self._frames()) as frames:
                    async for frame in frames:
                        through = through or frame["type"] in ("ready", "events")
                        pause = self.parting(frame) or pause
                        for event in self.take(frame):
                            yield event
                again, self.place.again = self.place.again, False
                pause = 0.0 if again else pause
            except Broken as broken:
                pause = broken.pause if broken.pause is not None else pause
            if time.monotonic() - started > STABLE:
                self.attempt = 0
            await asyncio.sleep(self.pause_after(through) if pause is None else pause)

    def _frames(self) -> AsyncGenerator[Frame, None]:
        return TRANSPORTS[self.transport](self.http, self.session, self.place)

    def take(self, frame: Frame) -> list[Event]:
        """The new events of a frame; notes in `place` what else it means."""
        place, fresh = self.place, []
        if frame["type"] == "reset":
            place.last = frame["first"] - 1
        for event in frame.get("events", ()):
            if event["seq"] == place.last + 1:
                place.last = event["seq"]
                fresh.append(event)
            elif event["seq"] > place.last:
                place.again = True
        if frame["type"] == "heartbeat" and frame.get("head", 0) > place.last:
            place.again = True
        return fresh

    @staticmethod
    def parting(frame: Frame) -> float | None:
        """The pause that a server which is going away asks for."""
        if frame["type"] != "bye":
            return None
        low, high = frame["retry_ms"]
        return random.uniform(low, high) / 1000

    def pause_after(self, through: bool) -> float:
        """Seconds until the next try, perhaps with the next transport."""
        self.failed = 0 if through else self.failed + 1
        if self.failed >= 2 and len(self.names) > 1:
            self.names.pop(0)
            self.failed = 0
        self.attempt += 1
        return random.random() * min(LONGEST, SHORTEST * 2 ** (self.attempt - 1))
