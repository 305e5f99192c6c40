"""The embedded site, one process on SQLite, through kills, restarts and cancels."""

import asyncio
import time
from collections.abc import Callable

import pytest

from deploy.site import Web
from tests.faults.browsers import browser

QUESTION = "What stocks have highest volatility?"
AMBIGUOUS = "What if I had invested $100 in Apple since 2010?"


@pytest.fixture(scope="module")
def site(start_site: Callable[..., Web]) -> Web:
    """A site whose analyses take two seconds, so that a fault can hit them."""
    return start_site(ANALYSIS_PACE_MS="400")


async def test_runs_of_a_killed_site_go_on_after_its_start(site: Web) -> None:
    async with browser(site) as user:
        asked = [await user.ask(QUESTION) for _ in range(3)]
        await user.shown(4)
        await asyncio.to_thread(site.kill)
        await asyncio.to_thread(site.start)
        began = time.monotonic()
        for analysis in asked:
            done = await user.see(analysis, "succeeded")
            assert done["table"]["rows"][0][1] == "RRC"
        # Nobody waited for ten seconds of lease after a process that is known to be gone.
        assert time.monotonic() - began < 11


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
