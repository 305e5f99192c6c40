"""A user of the API, whose analyses are followed over the socket and audited at the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from deploy.site import Web
from tests.faults import audit
from tests.faults.viewers import Viewer

PATIENCE = 40


class Browser:
    """Asks questions over the API and follows them over the socket."""

    def __init__(self, site: Web):
        self.site = site
        self.client = httpx.AsyncClient(base_url=site.url, timeout=10)
        self.viewers: list[Viewer] = []
        self.following: list[asyncio.Task[None]] = []

    async def ask(self, question: str) -> dict[str, Any]:
        answer = await self.client.post("/api/analyze", json={"question": question})
        assert answer.status_code == 202, answer.text
        analysis: dict[str, Any] = answer.json()
        cookie = "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())
        viewer = Viewer([self.site.url], analysis["session"], cookie)
        self.viewers.append(viewer)
        self.following.append(asyncio.create_task(viewer.follow()))
        return analysis

    async def see(self, analysis: dict[str, Any], status: str, within: float = PATIENCE) -> dict:
        """Waits until the analysis has this status, and returns it."""
        async with asyncio.timeout(within):
            while (now := await self.get(analysis))["status"] != status:
                await asyncio.sleep(0.05)
        return now

    async def get(self, analysis: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = await self.client.get(f"/api/analyses/{analysis['id']}")
        except httpx.TransportError:
            return {"status": "unreachable"}
        found: dict[str, Any] = answer.json()
        return found

    async def shown(self, events: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while min(viewer.cursor for viewer in self.viewers) < events:
                await asyncio.sleep(0.02)

    async def verify(self) -> None:
        """All runs have ended, and everybody was shown exactly what is stored."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self.following)
        for viewer in self.viewers:
            session = audit.stored(self.site.env, viewer.session)
            audit.assert_gapless(session)
            audit.assert_shown(viewer, session)


@asynccontextmanager
async def browser(site: Web) -> AsyncIterator[Browser]:
    opened = Browser(site)
    try:
        yield opened
        await opened.verify()
    finally:
        for task in opened.following:
            task.cancel()
        await opened.client.aclose()
