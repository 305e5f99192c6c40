"""Where market data lies in its directory: one file per version, and a pointer to the current."""

from __future__ import annotations

import os
from pathlib import Path

POINTER = "current"
KEPT_VERSIONS = 2  # the current one, and the one that a slow reader may be about to open


def database_file(directory: Path, version: str) -> Path:
    return directory / f"market-{version}.duckdb"


def current_version(directory: Path) -> str | None:
    """The version that readers should open; None where nothing is loaded."""
    try:
        return (directory / POINTER).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def publish(directory: Path, built: Path, version: str) -> Path:
    """Moves a finished database into place and points readers to it, both atomically."""
    target = database_file(directory, version)
    os.replace(built, target)
    pointer = directory / f"{POINTER}.new"
    pointer.write_text(version + "\n", encoding="utf-8")
    os.replace(pointer, directory / POINTER)
    drop_old(directory, target)
    return target


def drop_old(directory: Path, current: Path) -> None:
    """Open files survive being unlinked, so readers of an old version finish in peace."""
    others = [path for path in directory.glob("market-*.duckdb") if path != current]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[KEPT_VERSIONS - 1 :]:
        path.unlink(missing_ok=True)
