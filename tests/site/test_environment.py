"""A bad value stops the start with one line that names its setting."""

import os
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from channels_redis.utils import create_pool

from analysis_site.environment import redis_host
from deploy.site import ROOT, environment

BAD = [
    ("PORT", "abc", "1 to 65535"),
    ("PORT", "70000", "1 to 65535"),
    ("DEBUG", "maybe", "true or false"),
    ("DATABASE_URL", "foo://", "sqlite:///path or postgresql://"),
    ("DATABASE_URL", "postgres://user:hidden@host:port/db", "postgresql://"),
    ("REDIS_URL", "http://localhost", "redis://"),
    ("ANALYSIS_PROVIDER", "oracle", "embedded, claude"),
    ("ANTHROPIC_BASE_URL", "somewhere", "https://example.org"),
    ("CSRF_TRUSTED_ORIGINS", "example.org", "https://example.org"),
    ("CSRF_TRUSTED_ORIGINS", "https://", "https://example.org"),
    ("CORS_ALLOWED_ORIGINS", "https://example.org/", "https://example.org"),
    ("ALLOWED_HOSTS", "localhost,https://example.org", "host names"),
    ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING, ERROR"),
    ("LOG_FORMAT", "xml", "console, json"),
    ("VAR_DIR", "/proc/nowhere", "directory"),
    ("DRAIN_SECONDS", "-1", "0 to 600"),
    ("WORKER_CONCURRENCY", "0", "1 to 1000"),
    ("METRICS_PORT", "65536", "0 to 65535"),
]


def load(var: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    code = command or ("-c", "import analysis_site.settings as s; print(s.DATABASES['default'])")
    env = environment(var, **settings)
    return subprocess.run(
        [sys.executable, *code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(("name", "value", "allowed"), BAD)
def test_a_bad_value_stops_the_start_with_one_line(
    name: str, value: str, allowed: str, tmp_path: Path
) -> None:
    done = load(tmp_path, **{name: value})
    assert done.returncode == 2
    assert re.fullmatch(rf"tickertape: {name} must be [^\n]*\n", done.stderr)
    assert allowed in done.stderr
    assert "hidden" not in done.stderr


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_a_redis_whose_machine_vanishes_is_noticed_by_tcp(scheme: str) -> None:
    connection = create_pool(redis_host(f"{scheme}://10.0.0.1:6379/0")).make_connection()
    assert connection.socket_keepalive
    assert connection.socket_keepalive_options[socket.TCP_KEEPIDLE] == 10
    assert connection.socket_keepalive_options[socket.TCP_USER_TIMEOUT] == 25_000


def test_a_redis_behind_a_file_has_no_tcp() -> None:
    assert create_pool(redis_host("unix:///run/redis.sock")).make_connection()


def test_claude_without_a_key_stops_the_start(tmp_path: Path) -> None:
    done = load(tmp_path, ANALYSIS_PROVIDER="claude", ANTHROPIC_API_KEY="")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "ANTHROPIC_API_KEY" in done.stderr


def test_the_secret_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    load(tmp_path)
    first = (tmp_path / "secret_key").read_text()
    load(tmp_path)
    assert (tmp_path / "secret_key").read_text() == first
    assert len(first) >= 50
    assert stat.S_IMODE(os.stat(tmp_path / "secret_key").st_mode) == 0o600


def test_without_settings_sqlite_lies_in_the_var_directory(tmp_path: Path) -> None:
    assert str(tmp_path / "db.sqlite3") in load(tmp_path).stdout


def test_every_setting_that_is_read_is_documented_and_the_other_way_round() -> None:
    sources = [ROOT / "analysis_site" / name for name in ("settings.py", "environment.py")]
    code = "".join(source.read_text() for source in sources)
    read = set(re.findall(r'\b(?:environment\.\w+|number)\(\s*"([A-Z_]+)"', code))
    table = (ROOT / "docs" / "operations.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    assert read == documented
