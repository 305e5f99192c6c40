"""What every test may use: the sites of tests.sites, and skips that count where all must run."""

import os
import re
import signal
import sys
from collections.abc import Iterator

import pytest

from progress.service import drain, settle
from tests.sites import live_site, scaled_site, site_template, start_site

# Assertions outside test files explain themselves only when pytest knows of them.
pytest.register_assert_rewrite("tests.faults.audit", "tests.faults.load")

__all__ = ["live_site", "scaled_site", "site_template", "start_site"]


def pytest_configure() -> None:
    """A test run that is asked to end still ends the servers that it started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def pytest_make_parametrize_id(val: object) -> str | None:
    """A random id in a test's name differs between processes, and xdist then runs nothing."""
    if isinstance(val, str) and RANDOM_ID.search(val):
        return RANDOM_ID.sub("id", val)
    return None


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """With REQUIRE_ALL=1 a skipped test is a failed one: nothing is left out unseen."""
    report = (yield).get_result()
    if os.environ.get("REQUIRE_ALL") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped where everything has to run: {report.longrepr}"


@pytest.fixture(autouse=True)
def finished_work(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test left at work ends before its database is emptied: a run and a TRUNCATE would
    wait for each other."""
    marked = request.node.get_closest_marker("django_db") is not None
    has_database = marked or {"db", "transactional_db"} & set(request.fixturenames)
    if has_database:
        request.getfixturevalue("_django_db_helper")  # whose end then comes after ours
    yield
    if has_database:
        settle(2.0)
        drain(5.0)
