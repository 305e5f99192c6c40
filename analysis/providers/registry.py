"""Which providers there are: one line each."""

from __future__ import annotations

from analysis.providers.base import Provider
from analysis.providers.claude import Claude
from analysis.providers.embedded import Embedded

PROVIDERS: dict[str, type[Provider]] = {
    "embedded": Embedded,
    "claude": Claude,
}


def provider(name: str) -> Provider:
    return PROVIDERS[name]()
