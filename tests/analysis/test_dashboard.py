"""The operator's dashboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from analysis import service
from analysis.models import Analysis
from progress.service import Run, Viewer
from tests.analysis.conftest import rest

Ask = Callable[..., Analysis]


@pytest.fixture
def operator(admin_client: Client) -> Client:
    return admin_client


def test_it_counts_runs_refusals_and_cache_hits(ask: Ask, operator: Client) -> None:
    ask("volatility of KO")
    ask("volatility of KO")
    ask("Will Apple go up next week?")
    shown = operator.get(reverse("dashboard")).context
    figures = dict(shown["figures"])
    assert figures["Runs"] == "3"
    assert figures["Out of scope"] == "1 (33.3 %)"
    assert figures["From the cache"] == "1 (33.3 %)"
    assert shown["refusals"][0][1] == 1
    assert shown["failures"] == []


def test_it_names_what_failed_most(viewer: Viewer, operator: Client, market: object) -> None:
    for _ in range(2):
        rest(service.execute(viewer, "SELECT nothing"))
    code, words, times = operator.get(reverse("dashboard")).context["failures"][0]
    assert (code, times) == ("sql_failed", 2)
    assert "nothing" in words


@pytest.mark.parametrize("name", ["runs", "time"])
def test_its_pictures_are_drawn_from_the_runs(ask: Ask, operator: Client, name: str) -> None:
    ask("volatility of KO")
    drawn = operator.get(reverse("dashboard-picture", args=[name]))
    assert drawn["Content-Type"] == "image/svg+xml" and b"<path" in drawn.content


def test_it_says_how_well_times_were_predicted(ask: Ask, operator: Client) -> None:
    run = ask("volatility of KO").run
    told = {"run": [1e6, 2e6, 3e6], "steps": {"1": [0, 0, 0]}, "rests": {"1": [0, 0, 0]}}
    Run.objects.filter(id=run.id).update(forecast=told)
    whole, step = operator.get(reverse("dashboard")).context["predictions"]
    assert whole[:5] == ("question", "whole run", 1, "100%", "0%")
    assert step[:5] == ("question", "step 1", 1, "0%", "100%")


def test_it_works_before_anything_happened(operator: Client, transactional_db: None) -> None:
    assert "Nothing failed." in operator.get(reverse("dashboard")).content.decode()
    assert operator.get(reverse("dashboard-picture", args=["runs"])).status_code == 200


def test_only_staff_sees_it(client: Client, transactional_db: None) -> None:
    for address in (reverse("dashboard"), reverse("dashboard-picture", args=["runs"])):
        assert "/admin/login" in client.get(address)["Location"]
