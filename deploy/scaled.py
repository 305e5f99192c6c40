"""The scaled mode on one machine, for trying it out and for fault tests: `make scaled`.

PostgreSQL, Valkey, two web processes and two workers, all real, all from pip; their data stays in
var/scaled. A production set-up has the same parts: see docs/operations.md.
"""

import signal
import sys
import threading
from pathlib import Path

from deploy.processes import NotReady, Process
from deploy.servers import PostgreSQL, Valkey
from deploy.site import ROOT, Web, Worker, environment, prepare


class Scaled:
    """All processes of the scaled mode with their data and logs in `directory`."""

    def __init__(
        self,
        directory: Path,
        ports: tuple[int | None, ...] = (None, None),
        workers: int = 2,
        durable: bool = True,
        **settings: str,
    ):
        directory.mkdir(parents=True, exist_ok=True)
        self.postgresql = PostgreSQL(directory, durable=durable)
        self.valkey = Valkey(directory)
        self.env = environment(
            directory / "var",
            DATABASE_URL=self.postgresql.url,
            REDIS_URL=self.valkey.url,
            **settings,
        )
        self.webs = [
            Web(self.env, directory / f"web-{number}.log", port)
            for number, port in enumerate(ports, 1)
        ]
        self.workers = [
            Worker(self.env, directory / f"worker-{number}.log") for number in range(1, workers + 1)
        ]

    @property
    def processes(self) -> list[Process]:
        return [self.postgresql, self.valkey, *self.workers, *self.webs]

    def start(self) -> None:
        self.postgresql.start()
        self.valkey.start()
        prepare(self.env)
        for process in (*self.workers, *self.webs):
            process.spawn()
        for process in (*self.workers, *self.webs):
            process.wait_until_ready(60)

    def stop(self) -> None:
        """Drains the site's processes together, then ends the servers below them."""
        for process in (*self.webs, *self.workers):
            process.send(signal.SIGTERM)
        for process in (*self.webs, *self.workers):
            process.stop()
        self.valkey.stop()
        self.postgresql.stop(sign=signal.SIGINT)

    def kill(self) -> None:
        for process in self.processes:
            process.kill()

    def logs(self) -> str:
        return "\n".join(f"--- {process.name}\n{process.tail()}" for process in self.processes)


def main() -> int:
    scaled = Scaled(ROOT / "var" / "scaled", ports=(8001, 8002))
    ended = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: ended.set())
    try:
        scaled.start()
        print("\n".join(f"{process.name}: log in {process.log}" for process in scaled.processes))
        print(
            f"Open {' or '.join(web.url for web in scaled.webs)} (Ctrl-C ends everything)",
            flush=True,
        )
        ended.wait()
        print("Draining …", flush=True)
        scaled.stop()
    except NotReady as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        scaled.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
