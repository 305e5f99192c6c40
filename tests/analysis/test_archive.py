"""What the history says of an analysis' time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from analysis import service
from analysis.models import Analysis
from progress.access import signer
from progress.conf import conf
from progress.service import Run, Viewer

Ask = Callable[..., Analysis]
SOON, LATE = [1.0, 2.0, 3.0], [1e6, 2e6, 3e6]


@pytest.fixture
def history(client: Client, viewer: Viewer) -> Callable[[], str]:
    """The page as whoever asked sees it."""
    client.cookies[conf().browser_cookie] = signer().sign(str(viewer.browser))
    return lambda: client.get("/history").content.decode()


def told(analysis: Analysis, limits: list[float]) -> None:
    Run.objects.filter(id=analysis.run_id).update(
        forecast={"run": limits, "steps": {}, "rests": {}}
    )


def test_the_history_shows_prediction_against_fact_and_marks_what_was_slow(
    ask: Ask, history: Callable[[], str]
) -> None:
    told(ask("volatility of KO"), LATE)
    html = history()
    assert "16 min 40 s to 33 min 20 s" in html and ">slow<" not in html
    told(ask("volatility of GE"), SOON)
    html = history()
    assert "1 ms to 2 ms" in html and html.count(">slow<") == 1


def test_what_was_predicted_stays_with_the_analysis(ask: Ask) -> None:
    analysis = ask("volatility of KO")
    told(analysis, LATE)
    analysis.run.refresh_from_db()
    shown = service.represent(analysis)
    assert shown["predicted_ms"] == [1e6, 2e6] and shown["eta_ms"] is shown["slow_in_ms"] is None
