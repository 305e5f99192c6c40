"""Runs a command on PostgreSQL and Redis: `python -m tests.servers pytest -m stack`.

Starts both, sets DATABASE_URL and REDIS_URL for the command, and stops them after it.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.servers import PostgreSQL, Valkey


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory that a server under another user can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="tickertape-", ignore_cleanup_errors=True) as path:
        yield Path(path)


@contextmanager
def servers() -> Iterator[tuple[PostgreSQL, Valkey]]:
    """Both servers on free ports, empty, gone afterwards."""
    with scratch() as directory:
        postgresql, valkey = PostgreSQL(directory, durable=False), Valkey(directory)
        try:
            postgresql.start()
            valkey.start()
            yield postgresql, valkey
        finally:
            postgresql.kill()
            valkey.kill()


def main() -> int:
    with servers() as (postgresql, valkey):
        env = os.environ | {"DATABASE_URL": postgresql.url, "REDIS_URL": valkey.url}
        with subprocess.Popen(sys.argv[1:], env=env) as command:
            # Asked to end, it lets the command end its own servers first.
            signal.signal(signal.SIGTERM, lambda *_: command.terminate())
            return command.wait()


if __name__ == "__main__":
    sys.exit(main())
