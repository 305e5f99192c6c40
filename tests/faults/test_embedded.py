"""The embedded site, one process on SQLite, through kills, restarts and cancels."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from deploy.site import Web
from tests.faults import audit
from tests.faults.viewers import Viewer

QUESTION = "What stocks have highest volatility?"
AMBIGUOUS = "What if I had invested $100 in Apple since 2010?"
PATIENCE = 40


@pytest.fixture(scope="module")
def site(start_site: Callable[..., Web]) -> Web:
    """A site whose analyses take two seconds, so that a fault can hit them."""
    return start_site(ANALYSIS_PACE_MS="400")


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


async def test_runs_of_a_killed_site_go_on_after_its_start(site: Web) -> None:
    async with browser(site) as user:
        asked = [await user.ask(QUESTION) for _ in range(3)]
        await user.shown(4)
        await asyncio.to_thread(site.kill)
        await asyncio.to_thread(site.start)
        for analysis in asked:
            done = await user.see(analysis, "succeeded")
            assert done["table"]["rows"][0][1] == "RRC"


async def test_runs_of_a_stopped_site_end_or_go_on_after_its_start(site: Web) -> None:
    async with browser(site) as user:
        asked = [await user.ask(f"Volatility of {ticker}") for ticker in ("GE", "AMD", "KO")]
        await user.shown(4)
        assert await asyncio.to_thread(site.stop) == 0
        assert "Traceback" not in site.new_log()
        await asyncio.to_thread(site.start)
        for analysis in asked:
            await user.see(analysis, "succeeded")
    assert all(1012 in viewer.closed_with for viewer in user.viewers)


async def test_a_waiting_run_survives_a_kill_and_is_answered_afterwards(site: Web) -> None:
    async with browser(site) as user:
        asked = await user.ask(AMBIGUOUS)
        waiting = await user.see(asked, "waiting")
        await asyncio.to_thread(site.kill)
        await asyncio.to_thread(site.start)
        assert (await user.get(asked))["ask"] == waiting["ask"]
        answer = {"ask": waiting["ask"]["id"], "choice": waiting["ask"]["choices"][0]["value"]}
        await user.client.post(f"/api/analyses/{asked['id']}/answer", json=answer)
        await user.see(asked, "succeeded")


async def test_a_cancel_takes_effect_within_half_a_second(site: Web) -> None:
    async with browser(site) as user:
        running = await user.ask("CAGR of MSFT")
        await user.shown(4)
        waiting = await user.ask(AMBIGUOUS)
        await user.see(waiting, "waiting")
        for analysis in (await user.ask("Sharpe ratio of PG"), waiting):
            began = time.monotonic()
            await user.client.post(f"/api/analyses/{analysis['id']}/cancel")
            await user.see(analysis, "cancelled")
            assert time.monotonic() - began < 0.5
        await user.see(running, "succeeded")
