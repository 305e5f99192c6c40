"""The layers that hints travel over, and the process on their other end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from channels.layers import channel_layers, get_channel_layer
from django.conf import settings as site
from django.db import connection

from deploy.servers import Valkey
from progress import service
from progress.conf import conf
from progress.loop import home
from tests.servers import scratch

Emit = Callable[[uuid.UUID, int], None]

# Whoever hints to the readers of this test process.
PREFIX = f"conformance-{os.getpid()}"


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The stack's Redis, or one of our own."""
    if site.REDIS_URL:
        yield site.REDIS_URL
        return
    with scratch() as directory:
        valkey = Valkey(directory)
        valkey.start()
        yield valkey.url
        valkey.kill()


class Emitter:
    """A child process that emits on demand."""

    def __init__(self, **env: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
        command = [sys.executable, "-m", "tests.conformance.emitter"]
        self.process = subprocess.Popen(
            command, env=inherited | env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout and self.process.stdout.readline() == "ready\n"

    def __call__(self, session: uuid.UUID, count: int) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{session} {count}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "stored\n"

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)


def same_database() -> dict[str, str]:
    """The environment that makes a child use this test's database."""
    found = connection.settings_dict
    env = {"DJANGO_SETTINGS_MODULE": "tests.settings", "VAR_DIR": str(site.VAR_DIR)}
    if connection.vendor == "sqlite":
        return {**env, "DATABASE_URL": f"sqlite:///{found['NAME']}"}
    user, host, port = found["USER"], found["HOST"], found["PORT"]
    return {**env, "DATABASE_URL": f"postgresql://{user}@{host}:{port}/{found['NAME']}"}


@pytest.fixture(scope="module", params=["memory", "redis", "none"])
def layer(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def emitter(layer: str, redis_url: str, django_db_setup: None) -> Iterator[Emit]:
    """Emits where hints travel over `layer`: in this process, or in another one."""
    if layer == "memory":
        yield emit_here
        return
    env = {"REDIS_URL": redis_url, "HINTS_PREFIX": PREFIX} if layer == "redis" else {}
    child = Emitter(**same_database(), **env)
    yield child
    child.end()


def emit_here(session: uuid.UUID, count: int) -> None:
    for number in range(count):
        service.progress_info_sync(session, f"event {number}")
    assert service.drain(20)


@pytest.fixture
def hints(layer: str, redis_url: str, settings: Any) -> Iterator[None]:
    """This process hears hints over `layer`; lost ones are looked for quickly."""
    redis = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [redis_url], "prefix": PREFIX},
    }
    memory = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    settings.CHANNEL_LAYERS = {"default": redis if layer == "redis" else memory}
    settings.PROGRESS = {"safety_check": 0.1, "page_size": 20}
    conf.cache_clear()
    channel_layers.backends.clear()
    yield
    if layer == "redis":  # or it complains about its server's end until the process ends
        asyncio.run_coroutine_threadsafe(get_channel_layer().flush(), home()).result(10)
    conf.cache_clear()
    channel_layers.backends.clear()
