"""Each check speaks up for the setting that it is about, and is silent for the right one."""

from collections.abc import Iterator

import pytest
from django.core import checks as django_checks
from django.db import connections

from progress import checks
from progress.access import authenticators
from progress.conf import conf


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    for cache in (conf, authenticators):
        cache.cache_clear()
    yield
    for cache in (conf, authenticators):
        cache.cache_clear()


def ids(check) -> list[str]:
    return [str(message.id) for message in check()]


def test_the_site_itself_has_nothing_to_be_told():
    assert django_checks.run_checks(tags=["progress"]) == []


def test_every_message_has_a_hint_and_every_check_is_registered(settings):
    settings.MIDDLEWARE = []
    [told] = checks.middleware()
    assert "MIDDLEWARE" in (told.hint or "")
    assert django_checks.run_checks(tags=["progress"]) == [told]


@pytest.mark.parametrize(
    "given",
    [
        {"heartbeet": 5},
        {"heartbeat": "5"},
        {"heartbeat": -1},
        {"readers": 1.5},
        {"readers": True},
        {"linger": (0.002, 0.08)},
        {"webhook_allowed_hosts": (7,)},
        {"browser_cookie": None},
        {"authenticators": "progress.access.from_user"},
        {"authenticators": ("progress.nothing",)},
    ],
)
def test_settings_of_our_own_are_checked(settings, given):
    settings.PROGRESS = given
    assert ids(checks.own_settings) == ["progress.E001"]
    assert [told.id for told in django_checks.run_checks(tags=["progress"])] == ["progress.E001"]
    [told] = checks.own_settings()
    assert next(iter(given)) in told.msg or "progress.nothing" in str(given)


def test_the_middleware_is_not_needed_without_anonymous_browsers(settings):
    settings.MIDDLEWARE = []
    settings.PROGRESS = {"authenticators": ("progress.access.from_user",)}
    assert ids(checks.middleware) == []


@pytest.mark.parametrize(
    "options",
    [{}, {"transaction_mode": "IMMEDIATE"}, {"init_command": "PRAGMA journal_mode=WAL;"}],
)
def test_sqlite_needs_wal_and_immediate(monkeypatch, options):
    if connections["default"].vendor == "sqlite":
        monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", options)
        assert ids(checks.database) == ["progress.W002"]
    assert not checks.waits_in_line(options)


@pytest.mark.parametrize("vendor", ["mysql", "oracle"])
def test_other_databases_are_refused(monkeypatch, vendor):
    monkeypatch.setattr(connections["default"], "vendor", vendor)
    assert ids(checks.database) == ["progress.E002"]


def test_time_zones_are_needed(settings):
    settings.USE_TZ = False
    assert ids(checks.database) == ["progress.E003"]


class Replica:
    """A router that reads elsewhere."""

    def db_for_read(self, model: type, **hints: object) -> str | None:
        return "replica" if model._meta.app_label == "progress" else None  # type: ignore[attr-defined]


def test_a_log_that_is_read_elsewhere_is_refused(settings):
    assert ids(checks.routing) == []
    settings.DATABASE_ROUTERS = ["tests.progress.test_checks.Replica"]
    assert ids(checks.routing) == ["progress.E004"]


def test_requests_that_are_transactions_are_named(monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)
    assert ids(checks.routing) == ["progress.W009"]


def test_several_processes_need_a_layer_between_them(settings):
    settings.TASKS = {"default": {"BACKEND": checks.CELERY}}
    for layers in ({}, {"default": {"BACKEND": checks.IN_MEMORY}}):
        settings.CHANNEL_LAYERS = layers
        assert ids(checks.layer) == ["progress.W003"]
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": checks.PUBSUB}}
    assert ids(checks.layer) == []


def test_the_layer_that_drops_is_named(settings):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": checks.LOSSY}}
    assert ids(checks.layer) == ["progress.W004"]


@pytest.mark.parametrize(
    "given", [{}, {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}]
)
def test_a_backend_that_works_in_the_request_is_named(settings, given):
    settings.TASKS = given
    assert ids(checks.tasks) == ["progress.W005"]


def test_streams_need_asgi_and_an_address(settings):
    settings.ASGI_APPLICATION = None
    settings.ROOT_URLCONF = "progress.webhooks.urls"
    assert ids(checks.doors) == ["progress.W006", "progress.W007"]


def test_the_log_element_needs_its_files(settings):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "APP_DIRS": False}]
    settings.INSTALLED_APPS = [
        name for name in settings.INSTALLED_APPS if name != "django.contrib.staticfiles"
    ]
    assert ids(checks.log_element) == ["progress.W008", "progress.W008"]
