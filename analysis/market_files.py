"""Where market data lies in its directory: one file per version, and a pointer to the current."""

from __future__ import annotations

import os
from pathlib import Path

POINTER = "current"
REVISION = "2"  # of the tables that the import builds; a version begins with it
SAMPLE = "sample"
KEPT_VERSIONS = 2  # the current one, and the one that a slow reader may be about to open


def database_file(directory: Path, version: str) -> Path:
    return directory / f"market-{version}.duckdb"


def current_version(directory: Path) -> str | None:
    """The version that readers should open; None where nothing is loaded."""
    try:
        return (directory / POINTER).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def version_name(digest: str, *, sample: bool) -> str:
    """What a version is called: the tables' revision, and what was loaded into them."""
    return f"r{REVISION}-{SAMPLE}-{digest}" if sample else f"r{REVISION}-{digest}"


def is_current_revision(version: str) -> bool:
    return version.startswith(f"r{REVISION}-")


def is_sample(version: str) -> bool:
    return f"-{SAMPLE}-" in version


def publish(directory: Path, built: Path, version: str) -> Path:
    """Moves a finished database into place and points readers to it, both atomically."""
    target = database_file(directory, version)
    os.replace(built, target)
    pointer = built.parent / POINTER  # beside what was built, so that imports do not meet
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
