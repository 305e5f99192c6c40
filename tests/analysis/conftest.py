"""A viewer, and a way to ask and wait: through the service, the workers and the real data."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync

from analysis import service
from analysis.models import Analysis
from progress.service import Viewer, page, run_rests

PATIENCE = 20


@pytest.fixture(scope="session")
def market():
    """The sample data; kept between test runs."""
    service.market().ensure_sample()
    return service.market()


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
