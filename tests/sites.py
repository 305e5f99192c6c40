"""Fixtures that start the real site as processes, for black-box, browser and fault tests."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.scaled import Scaled
from deploy.site import Web, environment, prepare
from tests.servers import scratch


@pytest.fixture(scope="session")
def site_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared VAR_DIR: migrated, with the sample prices and static files."""
    var = tmp_path_factory.mktemp("site") / "var"
    prepare(environment(var))
    return var


@pytest.fixture(scope="session")
def start_site(
    site_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Web]]:
    """Starts a site of its own, with settings as keywords: `start_site(LOG_LEVEL="DEBUG")`."""
    started: list[Web] = []

    def start(**settings: str) -> Web:
        var = tmp_path_factory.mktemp("live") / "var"
        shutil.copytree(site_template, var, copy_function=_linked)
        site = Web(environment(var, **settings), var / "web.log")
        started.append(site)
        site.start()
        return site

    yield start
    for site in started:
        site.kill()


def _linked(source: str, target: str) -> None:
    """Static files and prices never change in place, what the site writes to is copied."""
    if {"static", "market", "vega"} & set(Path(source).parts):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


@pytest.fixture(scope="module")
def live_site(start_site: Callable[..., Web], request: pytest.FixtureRequest) -> Iterator[Web]:
    """The embedded site, running: `live_site.url`. Its log is shown when a test failed."""
    failed_before = request.session.testsfailed
    site = start_site()
    yield site
    if request.session.testsfailed > failed_before:
        print(site.tail(200))
    site.stop()


@pytest.fixture(scope="module")
def scaled_site(request: pytest.FixtureRequest) -> Iterator[Scaled]:
    """Two web processes and two workers on PostgreSQL and Valkey, all real and running."""
    failed_before = request.session.testsfailed
    with scratch() as directory:
        scaled = Scaled(directory, durable=False)
        try:
            scaled.start()
            yield scaled
            if request.session.testsfailed > failed_before:
                print(scaled.logs())
        finally:
            scaled.kill()
