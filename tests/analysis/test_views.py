"""The HTML pages by plain requests: forms, ownership, history, bad input."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from analysis.models import Analysis
from analysis.texts import SUGGESTIONS
from progress.service import delete_session, drain, progress_info_sync
from progress.templatetags.live_log import FIRST_ROWS
from tests.analysis.conftest import rest

pytestmark = pytest.mark.usefixtures("market")


@pytest.fixture
def browser(transactional_db: None) -> Client:
    return Client()


def asked(browser: Client, question: str, path: str = "/", **form: str) -> Analysis:
    """Send the form of a page; the analysis when it rests."""
    answer = browser.post(path, {"question": question, **form})
    assert answer.status_code == 302, text(answer)
    found = re.fullmatch(r"/s/([0-9a-f-]{36})#a-([0-9a-f-]{36})", answer["Location"])
    assert found is not None
    return rest(Analysis.objects.select_related("run").get(run_id=found[2]))


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_first_page_suggests_questions_and_says_how_old_the_data_is(browser: Client) -> None:
    html = text(browser.get("/"))
    assert all(suggestion in html for suggestion in SUGGESTIONS)
    assert "28 December 2022" in html
    assert "csrftoken" in browser.cookies


def test_a_form_asks_and_leads_to_the_answer(browser: Client) -> None:
    analysis = asked(browser, "What stocks have highest volatility?")
    html = text(browser.get(f"/s/{analysis.session_id}"))
    assert "70.4 %" in html
    assert html.index("RRC") < html.index("AMD")
    assert f"/api/analyses/{analysis.id}/chart.svg" in html
    assert "http-equiv" not in html


def test_a_form_asks_on_in_the_same_conversation_with_changed_assumptions(browser: Client) -> None:
    first = asked(browser, "What stocks have highest volatility?")
    second = asked(
        browser,
        first.question,
        f"/s/{first.session_id}",
        **{"assume-window": "last 10 years", "assume-limit": "  "},
    )
    assert second.session_id == first.session_id
    assert second.overrides == {"window": "last 10 years"}


def test_a_question_back_is_answered_by_a_form(browser: Client) -> None:
    analysis = asked(browser, "best stock")
    page = text(browser.get(f"/s/{analysis.session_id}"))
    ask = re.search(r'name="ask" value="([^"]+)"', page)
    choice = re.search(r'name="choice" value="([^"]+)"', page)
    assert ask and choice
    assert "● Needs you" in page
    browser.post(f"/a/{analysis.id}/answer", {"ask": ask[1], "choice": choice[1], "text": ""})
    assert rest(analysis).run.state == "succeeded"
    assert "Answered" in text(browser.get(f"/a/{analysis.id}"))


def test_answering_twice_says_so(browser: Client) -> None:
    analysis = asked(browser, "best stock")
    page = text(browser.get(f"/s/{analysis.session_id}"))
    form = {
        "ask": re.search(r'name="ask" value="([^"]+)"', page)[1],
        "choice": re.search(r'name="choice" value="([^"]+)"', page)[1],
    }
    browser.post(f"/a/{analysis.id}/answer", form)
    again = browser.post(f"/a/{analysis.id}/answer", form)
    assert again.status_code == 409
    assert "already answered" in text(again)


def test_cancel_and_retry_are_forms(browser: Client) -> None:
    analysis = asked(browser, "best stock")
    browser.post(f"/a/{analysis.id}/cancel")
    assert rest(analysis).run.state == "cancelled"
    html = text(browser.get(f"/s/{analysis.session_id}"))
    assert "You stopped this analysis" in html
    answer = browser.post(f"/a/{analysis.id}/retry")
    assert answer.status_code == 302
    assert Analysis.objects.filter(retry_of=analysis).count() == 1


@pytest.mark.parametrize("question", ["", "   ", "x" * 10_000])
def test_a_question_that_cannot_be_asked_is_refused_in_words(
    browser: Client, question: str
) -> None:
    answer = browser.post("/", {"question": question})
    assert 400 <= answer.status_code < 500
    assert "That was not done." in text(answer)
    assert "Traceback" not in text(answer)
    assert f"invalid · request {answer['X-Request-ID']}" in text(answer)


def test_what_belongs_to_somebody_else_does_not_exist(browser: Client) -> None:
    analysis = asked(browser, "Volatility of AMD")
    stranger = Client()
    session = analysis.session_id
    for path in (f"/s/{session}", f"/a/{analysis.id}", f"/a/{analysis.id}/table.csv"):
        assert stranger.get(path).status_code == 404, path
    for path in (f"/s/{session}/rename", f"/s/{session}/delete", f"/a/{analysis.id}/cancel"):
        assert stranger.post(path, {"title": "mine"}).status_code == 404, path
    assert stranger.post(f"/s/{session}", {"question": "x"}).status_code == 404
    assert stranger.get(f"/sql?analysis={analysis.id}").status_code == 404
    assert "Volatility of AMD" not in text(stranger.get("/history"))


@pytest.mark.parametrize(
    "path", [f"/s/{uuid.uuid4()}", "/s/none", f"/a/{uuid.uuid4()}", "/nowhere"]
)
def test_what_does_not_exist_is_said_in_words(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "Nothing here." in text(answer)
    assert f"request {answer['X-Request-ID']}" in text(answer)


def test_what_a_form_starts_carries_the_id_of_its_request(browser: Client) -> None:
    answer = browser.post("/", {"question": "Volatility of AMD"})
    first = rest(Analysis.objects.select_related("run").get())
    again = browser.post(f"/a/{first.id}/retry")
    second = Analysis.objects.get(retry_of=first)
    assert first.request_id == answer["X-Request-ID"]
    assert second.request_id == again["X-Request-ID"]


@pytest.mark.parametrize("path", ["/", "/sql", "/history", "/sessions"])
def test_another_method_says_which_there_are(browser: Client, path: str) -> None:
    answer = browser.put(path)
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]


def test_forms_need_the_token_of_their_page(transactional_db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/", {"question": "Volatility of AMD"})
    assert answer.status_code == 403


def test_a_conversation_is_renamed_and_deleted(browser: Client) -> None:
    analysis = asked(browser, "Volatility of AMD")
    session = analysis.session_id
    browser.post(f"/s/{session}/rename", {"title": "<i>Mine</i>"})
    assert "&lt;i&gt;Mine&lt;/i&gt;" in text(browser.get("/"))
    browser.post(f"/s/{session}/delete")
    assert browser.get(f"/s/{session}").status_code == 404


def test_a_conversation_that_is_deleted_while_it_is_renamed_is_not_found(browser: Client) -> None:
    session = asked(browser, "Volatility of AMD").session_id

    def delete_first(execute: Any, sql: str, *given: Any) -> Any:
        if sql.startswith("UPDATE") and '"title"' in sql:
            delete_session(session)
        return execute(sql, *given)

    with connection.execute_wrapper(delete_first):
        answer = browser.post(f"/s/{session}/rename", {"title": "Mine"})
    assert answer.status_code == 404


def test_a_conversation_with_a_live_run_is_not_deleted(browser: Client) -> None:
    analysis = asked(browser, "best stock")
    answer = browser.post(f"/s/{analysis.session_id}/delete")
    assert answer.status_code == 409
    assert browser.get(f"/s/{analysis.session_id}").status_code == 200


def test_a_table_is_a_file_with_every_row(browser: Client) -> None:
    analysis = asked(browser, "What stocks have highest volatility?")
    answer = browser.get(f"/a/{analysis.id}/table.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert text(answer).splitlines()[1].startswith("1,RRC,")


def test_the_sql_of_an_answer_stands_in_the_editor_and_runs_in_its_conversation(
    browser: Client,
) -> None:
    analysis = asked(browser, "What stocks have highest volatility?")
    page = text(browser.get(f"/sql?analysis={analysis.id}"))
    assert "SELECT" in page
    answer = browser.post("/sql", {"sql": "SELECT 1 AS one", "analysis": str(analysis.id)})
    assert answer["Location"].startswith(f"/s/{analysis.session_id}#a-")
    result = rest(Analysis.objects.get(run_id=answer["Location"].split("#a-")[1]))
    assert "One" in text(browser.get(f"/a/{result.id}"))


def test_the_history_searches_filters_and_pages(browser: Client) -> None:
    first = asked(browser, "Volatility of AMD")
    asked(browser, "Will Apple go up tomorrow?", f"/s/{first.session_id}")
    everything = text(browser.get("/history"))
    assert "Volatility of AMD" in everything and "Will Apple go up" in everything
    for query, there, gone in (
        ("q=volat", "Volatility of AMD", "Will Apple"),
        ("status=unsupported", "Will Apple", "Volatility of AMD"),
        ("since=2999-01-01", "Nothing matches", "Volatility of AMD"),
        ("until=1999-01-01", "Nothing matches", "Will Apple"),
        ("warned=1", "Nothing matches", "Will Apple"),
        ("status=nonsense&since=nonsense&page=nonsense", "Will Apple", "Nothing matches"),
    ):
        html = text(browser.get(f"/history?{query}"))
        assert there in html and gone not in html, query


def test_a_log_says_what_its_filter_leaves_out(browser: Client) -> None:
    analysis = asked(browser, "Volatility of AMD")
    page = f"/s/{analysis.session_id}"
    assert "Nothing matches." in text(browser.get(f"{page}?q=no-such-words"))
    for n in range(FIRST_ROWS + 1):
        progress_info_sync(analysis.session_id, f"needle {n}")
    assert drain(10)
    assert f"The first {FIRST_ROWS} lines that match." in text(browser.get(f"{page}?q=needle"))
    assert "lines that match" not in text(browser.get(f"{page}?q=Finished"))


def test_the_log_of_a_page_is_filtered_by_its_address(browser: Client) -> None:
    analysis = asked(browser, "Volatility of AMD")
    html = text(browser.get(f"/s/{analysis.session_id}?level=success&step=1"))
    rows = re.findall(r'<li class="row" id="e\d+" data-level="(\w+)"', html)
    assert rows and set(rows) == {"success"}
    assert "Only step 1." in html
    nonsense = browser.get(f"/s/{analysis.session_id}?level=x&step=x&run=x&q=%00")
    assert "row" in text(nonsense) and nonsense.status_code == 200


def test_staff_get_from_an_answer_to_its_run_in_the_admin(
    browser: Client, django_user_model: Any
) -> None:
    analysis = asked(browser, "Volatility of AMD")
    assert "/admin/" not in text(browser.get(f"/s/{analysis.session_id}"))
    browser.force_login(django_user_model.objects.create_superuser("operator"))
    own = asked(browser, "Volatility of AMD")
    page = text(browser.get(f"/s/{own.session_id}"))
    assert f"/admin/progress/run/{own.id}/change/" in page
    assert browser.get(f"/admin/progress/run/{own.id}/change/").status_code == 200


def test_what_is_being_typed_is_completed_by_names_and_past_questions(browser: Client) -> None:
    asked(browser, "Volatility of AMD")
    html = text(browser.get("/suggest", {"q": "beta of micros"}))
    assert 'role="option"' in html and "beta of Microsoft" in html
    assert "Volatility of AMD" in text(browser.get("/suggest", {"q": "volatility of am"}))
    assert "Volatility of AMD" not in text(Client().get("/suggest", {"q": "volatility of am"}))
    assert text(browser.get("/suggest", {"q": " \0"})) == ""


def test_how_the_reader_likes_the_page_is_in_the_first_paint(browser: Client) -> None:
    browser.cookies["theme"], browser.cookies["view"] = "dark", "single"
    assert 'data-theme="dark" data-view="single"' in text(browser.get("/"))
    browser.cookies["theme"] = '"><script>'
    assert 'data-theme="auto"' in text(browser.get("/"))


def test_hostile_text_is_escaped_everywhere(browser: Client) -> None:
    hostile = "<img src=x onerror=alert(1)> volatility"
    analysis = asked(browser, hostile)
    for path in (f"/s/{analysis.session_id}", "/history", "/"):
        html = text(browser.get(path))
        assert "<img src=x" not in html, path
        assert "&lt;img src=x" in html, path
