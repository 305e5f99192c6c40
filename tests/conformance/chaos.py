"""Hints that get lost, doubled, reordered or late on their way into a hub."""

from __future__ import annotations

from collections.abc import Iterator

from progress.hub import Hub
from progress.log import Stored

FATES = ("passes", "is lost", "is doubled", "is overtaken", "is late")


class Chaos:
    """Stands before a hub's `receive` and gives each hint the next fate; then all pass."""

    def __init__(self, hub: Hub, fates: Iterator[str]) -> None:
        self.hub, self.fates = hub, fates
        self.receive = hub.receive
        self.overtaken: list[list[Stored]] = []
        hub.receive = self._meet  # type: ignore[method-assign]

    def _meet(self, stored: list[Stored]) -> None:
        for hint in stored:
            self._treat([hint], next(self.fates, "passes"))

    def _treat(self, hint: list[Stored], fate: str) -> None:
        if fate == "is overtaken":
            self.overtaken.append(hint)
        elif fate == "is late":
            self.hub.loop.call_later(0.03, self.receive, hint)
        elif fate != "is lost":
            self.receive(hint)
            if fate == "is doubled":
                self.receive(hint)
            while self.overtaken:
                self.receive(self.overtaken.pop())
