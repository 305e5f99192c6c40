"""Which process of this machine took a lease, so that one that died is known at once.

A lease begins with the mark of its process, which holds a lock on a file of that name for as long
as it lives; the system takes the lock away however the process ends. A mark without a file is of
another machine, or container: there only beats tell who is alive.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import tempfile
import threading
import time
import uuid
from pathlib import Path

SIZE = 8  # bytes of a mark, which is half a lease
PREFIX = "progress-holder-"
YOUNG = 3600.0  # seconds


class Holder:
    """This process. Its file comes with its first lease."""

    def __init__(self) -> None:
        self.mark = os.urandom(SIZE)
        self.file: int | None = None
        self.lock = threading.Lock()

    def lease(self) -> uuid.UUID:
        """A new lease of this process."""
        with self.lock:
            if self.file is None:
                self.file = locked_file(self.mark)
        return uuid.UUID(bytes=self.mark + os.urandom(16 - SIZE))


holder = Holder()


def locked_file(mark: bytes) -> int | None:
    try:
        file = os.open(path(mark), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:  # nowhere to put it; beats do without
        return None
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def path(mark: bytes) -> Path:
    return Path(tempfile.gettempdir()) / f"{PREFIX}{mark.hex()}"


def is_dead(lease: uuid.UUID) -> bool:
    """Whether whoever took this lease was a process of this machine and lives no more."""
    return is_free(path(lease.bytes[:SIZE]))


def is_free(lock: Path) -> bool:
    """Whether the file is there, and no process has it."""
    try:
        file = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(file)
    return True


def bury(lease: uuid.UUID) -> None:
    """Forget a dead process whose runs were taken."""
    path(lease.bytes[:SIZE]).unlink(missing_ok=True)


def sweep() -> None:
    """Forget the dead who left no run. To be called after a look at the runs, which buries others.

    A young file may not be locked yet, or its runs are another site's that has not looked yet. If
    one is swept too early its runs are found as those of other machines are.
    """
    for found in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - found.stat().st_mtime > YOUNG and is_free(found):
                found.unlink()


@atexit.register
def retire() -> None:
    """The orderly end of this process, which leaves no run and no file."""
    if holder.file is not None:
        path(holder.mark).unlink(missing_ok=True)
    _begin_anew()


def _begin_anew() -> None:
    """A forked child is another process, and must not keep its parent's lock after its death."""
    global holder
    if holder.file is not None:
        os.close(holder.file)
    holder = Holder()


os.register_at_fork(after_in_child=_begin_anew)
