"""The admin shows history, changes nothing, and stays quick."""

from __future__ import annotations

import datetime as dt
import re
import time
import uuid

import orjson
import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from progress.admin_dates import choices, span
from progress.admin_history import MOST, EstimatingPaginator
from progress.models import Ask, Event, Run, Session
from progress.service import start_run

pytestmark = pytest.mark.stack


@pytest.fixture
def staff(session, admin_client):
    """Signed in as an administrator, under a host name that the site knows."""
    admin_client.defaults["HTTP_HOST"] = "localhost"
    return admin_client


@pytest.fixture
def run(session) -> Run:
    with start_run(session.id, "Import <prices>", total_steps=2) as working:
        with working.step(1, "Read <b>the file"):
            working.warning("careful")
        with working.step(2, "Store"):
            pass
    return Run.objects.get()


@pytest.mark.parametrize("name", ["session", "run", "event", "ask"])
def test_every_list_opens_and_can_be_searched_and_filtered(staff, run, session, name):
    url = f"/admin/progress/{name}/"
    for query in ("", f"?q={session.id}", "?on=2026", "?on=2026-11", "?on=2026-11-22", "?on=x-y"):
        page = staff.get(url + query)
        assert page.status_code == 200, query
        assert b"_facets" not in page.content, "nothing offers to count all rows"


@pytest.mark.parametrize("model", [Session, Run, Event])
def test_every_object_opens_and_cannot_be_changed(staff, run, model):
    found = model.objects.first()
    url = f"/admin/progress/{model._meta.model_name}/{found.pk}/change/"
    page = staff.get(url)
    assert page.status_code == 200 and b"_save" not in page.content
    assert staff.post(url, {"title": "other"}).status_code == 403
    assert staff.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_the_time_of_an_event_is_read_as_in_the_picture(staff, run):
    Event.objects.filter(kind="step", elapsed_ms__isnull=False).update(elapsed_ms=32.97204699993017)
    event = Event.objects.filter(kind="step", elapsed_ms__isnull=False)[0]
    for path in ("", f"{event.pk}/change/"):
        page = staff.get(f"/admin/progress/event/{path}").content.decode()
        assert "33 ms" in page and "32.97" not in page


def test_a_run_has_a_picture_of_its_steps_with_hostile_names_inert(staff, run):
    page = staff.get(f"/admin/progress/run/{run.id}/change/").content.decode()
    assert page.count("<rect") == 2 and "Read &lt;b&gt;the file" in page and "<b>the" not in page


def test_a_run_shows_what_had_been_predicted_in_all_and_of_each_step(staff, session, run):
    Run.objects.filter(id=run.id).update(forecast={"run": [250, 500, 900]}, waited_ms=7200)
    begun = session.events.filter(kind="step", step=2).order_by("seq").first()
    data = {**begun.data, "predicted_ms": [120, 340]}
    Event.objects.filter(id=begun.id).update(data=data)
    page = staff.get(f"/admin/progress/run/{run.id}/change/").content.decode()
    assert "0.25 s to 0.50 s" in page and "(predicted 0.12 s to 0.34 s)" in page
    assert page.count('stroke-width="3"') == 1 and "7.2 s" in page
    assert "0.25 s to 0.50 s" in staff.get("/admin/progress/run/").content.decode()


def act(staff, name: str, action: str, pk: object, **more: str):
    form = {"action": action, "_selected_action": [str(pk)], **more}
    return staff.post(f"/admin/progress/{name}/", form)


def test_a_run_is_exported_as_its_events(staff, run):
    response = act(staff, "run", "export", run.id)
    lines = [orjson.loads(line) for line in b"".join(response).splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))


def test_runs_are_cancelled_and_logs_cleared_from_the_list(staff, session, run):
    waiting = Run.objects.create(session=session, state="queued")
    act(staff, "session", "clear", session.id, confirmed="yes")
    assert Event.objects.exists()  # a run is live
    act(staff, "run", "stop", waiting.id, confirmed="yes")
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"
    act(staff, "session", "clear", session.id, confirmed="yes")
    assert not Event.objects.exists()


def test_what_cannot_be_taken_back_is_asked_about_first(staff, session, run):
    page = act(staff, "session", "clear", session.id)
    assert Event.objects.exists()
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    assert form.pop("csrfmiddlewaretoken") and form["_selected_action"] == str(session.id)
    staff.post("/admin/progress/session/", {**form, "confirmed": "yes"})
    assert not Event.objects.exists()
    assert "Cancel these runs?" in act(staff, "run", "stop", run.id).content.decode()


def test_an_id_is_searched_by_its_index_and_words_in_titles(staff, session, run):
    def found(name: str, term: object) -> int:
        shown = staff.get(f"/admin/progress/{name}/", {"q": str(term)})
        return shown.context["cl"].result_count

    for name, term in (("session", session.id), ("run", run.id), ("run", session.id)):
        assert found(name, term) == 1
        assert found(name, uuid.uuid4()) == 0
    assert found("event", run.id) == found("event", session.id.hex) == Event.objects.count()
    assert found("event", "careful") == 0
    assert (found("run", "PRICES"), found("run", "other"), found("session", "test")) == (1, 0, 1)
    with CaptureQueriesContext(connection) as queries:
        found("event", session.id)
    assert not [query["sql"] for query in queries if "LIKE" in query["sql"].upper()]


def test_a_date_is_a_day_in_the_time_zone_that_the_admin_shows():
    with timezone.override("Europe/Berlin"):
        winter, summer = span("2026-11-22"), span("2026-03-29")
        assert winter and winter[0] == dt.datetime(2026, 11, 21, 23, tzinfo=dt.UTC)
        assert summer is not None
        start, end = summer
        assert end.astimezone(dt.UTC) - start.astimezone(dt.UTC) == dt.timedelta(hours=23)


def test_staff_who_may_only_look_have_no_actions_that_change(session, client, django_user_model):
    looker = django_user_model.objects.create_user("looker", password="x", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(looker)
    page = client.get("/admin/progress/session/", headers={"host": "localhost"}).content.decode()
    assert 'value="export"' in page and 'value="clear"' not in page


def test_asks_are_listed(staff, session):
    asked = Run.objects.create(session=session, state="waiting")
    in_an_hour = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    Ask.objects.create(run=asked, key="k", question="Which one?", expires_at=in_an_hour)
    assert b"Which one?" in staff.get("/admin/progress/ask/").content


def fill(session: Session, count: int) -> None:
    """Many events, a millisecond apart, by one statement."""
    now = (
        "now() - i * interval '1 millisecond'"
        if connection.vendor == "postgresql"
        else "strftime('%Y-%m-%d %H:%M:%f', '2026-11-22 09:00', '-' || (i / 1000.0) || ' seconds')"
    )
    series = (
        f"generate_series(1, {count}) AS n(i)"
        if connection.vendor == "postgresql"
        else f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {count}) "
        "SELECT i FROM n)"
    )
    own = session.id if connection.vendor == "postgresql" else session.id.hex
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO progress_event (session_id, seq, kind, level, message, created_at) "
            f"SELECT '{own}', i, 'log', 'info', 'x', {now} FROM {series}"
        )


PAGES = ("", "?level=info", "?on=2026-11-22", "?p=2")


def slowest(staff) -> float:
    took = []
    for query in PAGES:
        started = time.perf_counter()
        assert staff.get(f"/admin/progress/event/{query}").status_code == 200
        took.append(time.perf_counter() - started)
    return max(took)


def test_a_list_of_many_events_is_never_counted_or_sorted_as_a_whole(staff, session):
    fill(session, 30_000)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        slowest(staff)
    about_events = [q["sql"] for q in queries if '"progress_event"' in q["sql"]]
    assert about_events and all("LIMIT" in sql for sql in about_events)


@pytest.mark.soak
def test_the_lists_are_quick_at_a_million_events(staff, session):
    fill(session, 1_000_000)
    assert slowest(staff) < 0.5


def test_the_size_of_a_large_table_is_estimated(session):
    fill(session, MOST + 500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE progress_event")
    events = EstimatingPaginator(Event.objects.order_by("-id"), 50)
    assert events.count >= MOST + 500
    filtered = EstimatingPaginator(Event.objects.filter(level="info"), 50)
    assert filtered.count == MOST + 1


@pytest.mark.parametrize(
    ("chosen", "start", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2026-11-30", "2026-11-30", "2026-12-01"),
    ],
)
def test_a_date_of_any_depth_is_a_span_of_time(chosen, start, end):
    found = span(chosen)
    assert found and tuple(moment.date().isoformat() for moment in found) == (start, end)


@pytest.mark.parametrize("chosen", ["", "x", "2026-13", "2026-1-1-1", "0", "99999", "2026-02-30"])
def test_what_is_no_date_filters_nothing(chosen):
    assert span(chosen) is None


def test_drilling_down_offers_the_way_up_and_the_parts():
    ends = (dt.date(2025, 5, 1), dt.date(2026, 11, 22))
    assert list(choices("", *ends)) == [("2026", "2026"), ("2025", "2025")]
    assert [value for value, _ in choices("2026-11", *ends)][:3] == [
        "2026",
        "2026-11",
        "2026-11-01",
    ]
    assert len(list(choices("2026-02", *ends))) == 2 + 28
