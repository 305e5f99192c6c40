"""A child process that can be stopped, killed, paused and started again, with its log in a file."""

import atexit
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def as_user(name: str | None) -> dict[str, Any]:
    """Arguments of a subprocess that gives up the rights of root."""
    if name is None:
        return {}
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


class NotReady(Exception):
    """A process that ended, or did not answer in time; carries the end of its log."""


class Process:
    """One program in a process group of its own.

    `ready` is asked until it is true (it may raise); `user` names whom to run as, for root only.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        ready: Callable[[], bool],
        env: Mapping[str, str] | None = None,
        user: str | None = None,
    ):
        self.name = name
        self.command = list(command)
        self.log = log
        self.ready = ready
        self.env = dict(os.environ if env is None else env)
        self.user = user
        self.log_start = 0
        self.popen: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def start(self, timeout: float = 30) -> None:
        """Starts the program and returns when it is ready. Raises NotReady."""
        self.spawn()
        self.wait_until_ready(timeout)

    def spawn(self) -> None:
        self.log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=Path(__file__).resolve().parent.parent,
                **as_user(self.user),
            )
        atexit.register(self.kill)

    def wait_until_ready(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not self._answers():
            if not self.is_running:
                raise NotReady(f"{self.name} ended:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise NotReady(f"{self.name} did not answer in {timeout:.0f} s:\n{self.tail()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return self.is_running and self.ready()
        except Exception:
            return False  # whatever it says while it starts, it is not ready

    def stop(self, timeout: float = 30, sign: signal.Signals = signal.SIGTERM) -> int:
        """Asks the program to end, and kills what has not ended in time; returns its status."""
        if self.popen is None:
            return 0
        self.send(sign)
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.popen.wait()

    def send(self, sign: signal.Signals) -> None:
        if self.popen is not None and self.popen.poll() is None:
            self.popen.send_signal(sign)

    def kill(self) -> None:
        """SIGKILL for the program and all its children, at once."""
        atexit.unregister(self.kill)
        if self.popen is not None and self.popen.poll() is None:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()

    def pause(self) -> None:
        self._signal_group(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_group(signal.SIGCONT)

    def _signal_group(self, sign: signal.Signals) -> None:
        if self.popen is not None and self.popen.poll() is None:
            os.killpg(self.popen.pid, sign)

    def new_log(self) -> str:
        """What the program has said since its latest start."""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    def tail(self, lines: int = 40) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
