"""A started peer: its process on a core of its own, and the line to it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any, Self


class Peer:
    """`async with Peer("tickertape", env, core=0) as peer: await peer.ask(do="usage")`."""

    def __init__(self, name: str, env: dict[str, str], core: int = 0) -> None:
        self.name, self.env, self.core = name, env, core

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.host", self.name,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env=os.environ | self.env, limit=1 << 24,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        os.sched_setaffinity(self.process.pid, {self.core})
        greeting = await self._answer()
        self.port: int = greeting["port"]
        self.headers: dict[str, str] = greeting["headers"]
        self.transport: str = greeting["transport"]
        return self

    @property
    def address(self) -> tuple[str, int]:
        return self.transport, self.port

    async def ask(self, **command: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        return await self._answer()

    async def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended")
        return json.loads(line)

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
