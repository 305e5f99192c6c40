"""The sample data, loaded once for all tests of answers."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from analysis.execution import Execution
from analysis.intent import Intent, Result
from analysis.market import Market
from analysis.market_facts import MarketFacts
from analysis.planner import plan


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    loaded = Market(tmp_path_factory.mktemp("market"))
    loaded.ensure_sample()
    return loaded


@pytest.fixture(scope="session")
def facts(market: Market) -> MarketFacts:
    return market.facts()


@pytest.fixture(scope="session")
def run(market: Market) -> Callable[[Intent], Result]:
    """Computes an intent on the sample, each one once."""

    @functools.cache
    def computed(intent: Intent) -> Result:
        return Execution(plan(intent, market.facts()), market).run()

    return computed
