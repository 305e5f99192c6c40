"""The sample data, and ways to ask: an intent at once, a question through service and workers."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync

from analysis import service
from analysis.execution import Execution
from analysis.intent import Intent
from analysis.market import Market
from analysis.market_facts import MarketFacts
from analysis.models import Analysis
from analysis.planner import plan
from analysis.result import Result
from progress.service import Viewer, page, run_rests

Run = Callable[[Intent], Result]
PATIENCE = 20


@pytest.fixture(scope="session")
def market() -> Market:
    """The sample data, loaded once."""
    service.market().ensure_sample()
    return service.market()


@pytest.fixture(scope="session")
def facts(market: Market) -> MarketFacts:
    return market.facts()


@pytest.fixture(scope="session")
def run(market: Market, facts: MarketFacts) -> Run:
    """Computes an intent on the sample, each one once."""
    return functools.cache(lambda intent: Execution(plan(intent, facts), market).run())


@pytest.fixture
def viewer(transactional_db: None) -> Viewer:
    return Viewer(browser=uuid.uuid4())


def rest(analysis: Analysis) -> Analysis:
    """Wait until it is over or asks something; as it is stored then."""
    assert async_to_sync(run_rests)(analysis.session_id, analysis.run_id, PATIENCE)
    return Analysis.objects.select_related("run__session").get(run_id=analysis.run_id)


@pytest.fixture
def ask(viewer: Viewer, market: object) -> Callable[..., Analysis]:
    """`ask("…", session=…, assumptions={…})`: the analysis when it rests."""

    def asked(question: str, **more: object) -> Analysis:
        return rest(service.ask(viewer, question, **more))  # type: ignore[arg-type]

    return asked


def messages(analysis: Analysis) -> list[str]:
    """The log lines of an analysis, in order."""
    found = page(analysis.session_id, run=analysis.run_id, limit=1000)
    return [event["message"] for event in found["events"] if event["kind"] == "log"]
