"""The log element as the server renders it."""

from __future__ import annotations

import uuid
from html import unescape
from urllib.parse import quote

import pytest
from django.template import engines
from django.test import RequestFactory
from django.urls import set_script_prefix

from progress import service
from progress.models import Session
from progress.templatetags.live_log import FIRST_ROWS, moment

TEMPLATE = "{% load live_log %}{% live_log session %}"


def rendered(session: object, query: str = "") -> str:
    request = RequestFactory().get(f"/{query}")
    return engines["django"].from_string(TEMPLATE).render({"session": session}, request)


@pytest.fixture
def reported(session: Session) -> Session:
    service.progress_info_sync(session.id, "<b>Reading</b>", step=1, total_steps=2)
    service.progress_error_sync(session.id, "Broken", step=2)
    assert service.drain(10)
    return session


def test_the_log_is_there_without_scripts_and_its_text_is_inert(reported):
    page = rendered(reported.id)
    assert "&lt;b&gt;Reading&lt;/b&gt;" in page and "<b>Reading" not in page
    assert f'data-live-log="{reported.id}"' in page and 'data-head="2"' in page


@pytest.mark.parametrize(
    "query",
    ["run=" + "-" * 36, "run=x", "step=٣", "step=99999", "level=loud", "q=%00", "step=-1"],
)
def test_a_filter_that_no_event_can_match_is_left_out(reported, query):
    name, _, value = query.partition("=")
    assert "Broken" in rendered(reported.id, f"?{name}={quote(value, safe='%')}")


def test_a_filter_of_the_address_chooses_the_first_events(reported):
    assert "Reading" not in rendered(reported.id, "?level=error")
    assert "Broken" not in rendered(reported.id, f"?run={uuid.uuid4()}")


def test_a_site_below_a_prefix_is_asked_below_it(reported):
    set_script_prefix("/live/")
    try:
        page = rendered(reported.id)
    finally:
        set_script_prefix("/")
    assert 'data-base="/live"' in page
    assert f'href="/live/api/progress/{reported.id}/events?format=csv' in page
    assert 'data-base=""' in rendered(None)


def test_times_count_from_the_start_of_the_run_wherever_the_page_begins(session):
    with service.start_run(session.id, "Long") as run:
        for number in range(FIRST_ROWS):
            run.info(f"Line {number}")
        assert service.drain(10)
        began = session.events.order_by("seq")[0].created_at
        shown = session.events.get(message="Line 0")
        passed = moment(shown.created_at.isoformat()) - moment(began.isoformat())
        since = f"+{passed.total_seconds():.3f}s"
        assert f'"{run.id}": "{began.isoformat()}"' in unescape(
            rendered(session.id, "?level=error")
        )
        assert since != "+0.000s" and since in rendered(session.id, "?q=Line 0")
