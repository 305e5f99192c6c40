"""Runs manage.py with a wall clock that the file named by CLOCK_OFFSET moves, in seconds.

The system's own clock belongs to everybody on the machine. Monotonic clocks go on, as they do when
an administrator or a time server sets the clock back.
"""

import os
import runpy
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

real_time_ns, real_now = time.time_ns, timezone.now


def offset() -> int:
    return int(Path(os.environ["CLOCK_OFFSET"]).read_text() or 0)


def time_ns() -> int:
    return real_time_ns() + offset() * 1_000_000_000


if __name__ == "__main__":
    time.time_ns = time_ns
    time.time = lambda: time_ns() / 1e9
    timezone.now = lambda: real_now() + timedelta(seconds=offset())
    sys.argv = ["manage.py", *sys.argv[1:]]
    runpy.run_path("manage.py", run_name="__main__")
