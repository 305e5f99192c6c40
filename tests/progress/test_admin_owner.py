"""A user is deleted in the admin with all that is theirs, but not under a live run."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied

from analysis.models import AccessToken
from progress.models import Ask, Delivery, Event, Run, Session, Webhook
from progress.service import start_run

pytestmark = pytest.mark.stack


@pytest.fixture
def ann(transactional_db, django_user_model):
    """Somebody with a session of some events, a webhook and a token."""
    ann = django_user_model.objects.create_user("ann")
    session = Session.objects.create(user=ann, title="Energy")
    with start_run(session.id, "Import", total_steps=1) as run, run.step(1, "Read"):
        run.info("prices.csv")
    Webhook.objects.create(user=ann, url="https://example.com/hook")
    AccessToken.objects.create_key(user=ann, name="laptop")
    return ann


@pytest.fixture
def staff(ann, admin_client):
    admin_client.defaults["HTTP_HOST"] = "localhost"
    return admin_client


def delete(staff, person, **form: str):
    return staff.post(f"/admin/auth/user/{person.pk}/delete/", form)


def test_the_page_that_asks_counts_all_that_goes_too(staff, ann):
    page = staff.get(f"/admin/auth/user/{ann.pk}/delete/")
    events = Event.objects.filter(session__user=ann).count()
    expected = {"users": 1, "sessions": 1, "runs": 1, "events": events, "webhooks": 1}
    assert dict(page.context["model_count"]) == expected | {"access tokens": 1}
    assert "prices.csv" not in page.content.decode()


def test_a_person_goes_with_all_that_is_theirs_and_nobody_elses(
    staff, ann, session, django_user_model
):
    assert delete(staff, ann, post="yes").status_code == 302
    assert not django_user_model.objects.filter(pk=ann.pk).exists()
    assert list(Session.objects.all()) == [session]
    for model in (Run, Event, Ask, Webhook, Delivery, AccessToken):
        assert not model.objects.exists(), model


def test_several_people_are_deleted_from_the_list(staff, ann, django_user_model):
    bob = django_user_model.objects.create_user("bob")
    form = {"action": "delete_selected", "_selected_action": [str(ann.pk), str(bob.pk)]}
    asked = staff.post("/admin/auth/user/", form)
    assert dict(asked.context["model_count"])["users"] == 2
    staff.post("/admin/auth/user/", {**form, "post": "yes"})
    assert not django_user_model.objects.filter(username__in=["ann", "bob"]).exists()


@pytest.mark.parametrize("state", Run.LIVE)
def test_under_a_live_run_nobody_is_deleted_and_the_run_is_named(staff, ann, state):
    session = Session.objects.get(user=ann)
    run = Run.objects.create(session=session, title="Volatility <of> AMD", state=state)
    for form in ({}, {"post": "yes"}):
        page = delete(staff, ann, **form).content.decode()
        assert f"Volatility &lt;of&gt; AMD</a> is {state.value}: cancel it first" in page
        assert f"/admin/progress/run/{run.id}/change/" in page
    assert Session.objects.filter(user=ann).exists()


def test_a_run_that_began_after_the_page_had_looked_forbids_it_as_well(ann, rf):
    Run.objects.create(session=Session.objects.get(user=ann), state="running")
    with pytest.raises(PermissionDenied, match="a run is live"):
        admin.site.get_model_admin(type(ann)).delete_model(rf.post("/"), ann)
    assert Session.objects.filter(user=ann).exists()
    assert Webhook.objects.filter(user=ann).exists()


def test_who_may_not_delete_history_does_not_delete_its_owner(ann, client, django_user_model):
    clerk = django_user_model.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__endswith="_user"))
    client.force_login(clerk)
    client.defaults["HTTP_HOST"] = "localhost"
    page = client.get(f"/admin/auth/user/{ann.pk}/delete/")
    assert {"session", "event", "run"} <= set(page.context["perms_lacking"])
    assert delete(client, ann, post="yes").status_code == 403
    assert Session.objects.filter(user=ann).exists()
