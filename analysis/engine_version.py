"""The engine's version: a digest of every file that decides what an answer says.

A changed script, definition or sentence changes it, so no answer of an older engine is served.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent
FOLDERS = ("scripts", "planning", "writing", "plots")
FILES = (
    "charts.py", "composition.py", "execution.py", "metrics.py", "metrics.toml", "outcome.py",
)  # fmt: skip


@functools.cache
def engine_version() -> str:
    """Hexadecimal, the same for the same files in any place."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files() -> Iterator[Path]:
    yield from (ROOT / name for name in FILES)
    for folder in FOLDERS:
        found = (ROOT / folder).rglob("*")
        yield from sorted(path for path in found if path.suffix in (".py", ".sql"))
