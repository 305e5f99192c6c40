"""A stranger's project: fresh virtual environments in which only `progress` is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cached_property
from pathlib import Path

from deploy.processes import Process, free_port
from deploy.site import ROOT

EXAMPLE = ROOT / "examples" / "imports"
NEWER = ("3.14", "3.13", "3.12")


def newer_python() -> str | None:
    """A Python that the newest Django runs on, if this machine has one."""
    homes = Path.home() / ".pyenv" / "versions"
    for version in NEWER:
        places = [shutil.which(f"python{version}"), *map(str, homes.glob(f"{version}*/bin/python"))]
        for place in filter(None, places):
            if subprocess.run([place, "-c", "import venv"], capture_output=True).returncode == 0:
                return place
    return None


def build_wheel(folder: Path) -> Path:
    """The wheel of this repository, built from a copy of what belongs to it."""
    source = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "progress", source / "progress", ignore=ignored)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    for name in ("analysis", "analysis_site"):  # packages that must stay out of the wheel
        (source / name).mkdir()
        (source / name / "__init__.py").touch()
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "-w", str(folder), str(source))
    return next(folder.glob("*.whl"))


def run(*command: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """What it wrote; its errors are the failure's text."""
    done = subprocess.run(
        command, env=os.environ | (env or {}), cwd=cwd, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Stranger:
    """The example project in an environment of its own."""

    def __init__(self, folder: Path, python: str, wheel: Path, django: str) -> None:
        self.folder = folder
        self.bin = folder / "venv" / "bin"
        self.project = folder / "imports"
        shutil.copytree(
            EXAMPLE, self.project, ignore=shutil.ignore_patterns("__pycache__", "*.sqlite3")
        )
        run(python, "-m", "venv", "--without-pip", str(folder / "venv"))
        run(
            sys.executable, "-m", "pip", "--python", str(self.bin / "python"), "install", "-q",
            "--no-compile", "--disable-pip-version-check", str(wheel), f"django{django}",
            "uvicorn", "websockets",
            "celery",
        )  # fmt: skip

    @cached_property
    def env(self) -> dict[str, str]:
        """Nothing of the tests' own settings is inherited."""
        names = ("DATABASE_URL", "REDIS_URL", "VAR_DIR", "MARKET_DIR", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if name not in names}
        own = {"DJANGO_SETTINGS_MODULE": "project.settings", "BROKER": "filesystem://"}
        return kept | own | {"DATABASE": str(self.folder / "db.sqlite3")}

    def manage(self, *arguments: str) -> str:
        return self.python("manage.py", *arguments)

    def python(self, *arguments: str) -> str:
        return run(str(self.bin / "python"), *arguments, env=self.env, cwd=self.project)

    def server(self) -> Server:
        return Server(self)


class Server(Process):
    """uvicorn with the example; `url` is where it is."""

    def __init__(self, stranger: Stranger) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [
            str(stranger.bin / "uvicorn"), "--app-dir", str(stranger.project), "--port",
            str(self.port), "project.asgi:application",
        ]  # fmt: skip
        log = stranger.folder / "server.log"
        super().__init__("example", command, log, self._is_up, stranger.env)

    def _is_up(self) -> bool:
        return "Application startup complete" in self.new_log()
