"""Which providers there are: one line each."""

from __future__ import annotations

from analysis.providers.base import Provider
from analysis.providers.embedded import Embedded

PROVIDERS: dict[str, type[Provider]] = {
    "embedded": Embedded,
}


def provider(name: str) -> Provider:
    return PROVIDERS[name]()
