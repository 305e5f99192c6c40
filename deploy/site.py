"""The site's own processes: web servers and workers, each a child process."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from deploy.processes import Process, free_port

ROOT = Path(__file__).resolve().parent.parent
MANAGE = (sys.executable, str(ROOT / "manage.py"))


def prepare(env: Mapping[str, str]) -> None:
    """Makes a site ready to serve. Raises RuntimeError with what the command said."""
    done = subprocess.run([*MANAGE, "prepare"], env=env, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"manage.py prepare failed:\n{done.stdout}{done.stderr}")


def environment(var: Path, **settings: str) -> dict[str, str]:
    """The environment of a process with its data in `var` and nothing left of the caller's own."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PORT", "HOST")
    }
    return inherited | {"VAR_DIR": str(var), "PYTHONUNBUFFERED": "1"} | settings


class Web(Process):
    """One web process on a free port of 127.0.0.1."""

    def __init__(self, env: Mapping[str, str], log: Path, port: int | None = None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        env = {**env, "HOST": "127.0.0.1", "PORT": str(self.port)}
        super().__init__(f"web on {self.port}", [*MANAGE, "serve"], log, self._answers_http, env)

    def _answers_http(self) -> bool:
        with urllib.request.urlopen(f"{self.url}/health/live", timeout=2) as response:
            return bool(response.status == 200)


class Worker(Process):
    """One worker process, with its metrics on a free port of 127.0.0.1."""

    def __init__(self, env: Mapping[str, str], log: Path):
        port = free_port()
        self.metrics = f"http://127.0.0.1:{port}/metrics"
        env = {**env, "HOST": "127.0.0.1", "METRICS_PORT": str(port)}
        super().__init__(
            f"worker, metrics on {port}", [*MANAGE, "worker"], log, self._says_ready, env
        )

    def _says_ready(self) -> bool:
        return "ready." in self.new_log()
