"""A real browser on the real site. Chromium comes from the system; nothing is downloaded."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from deploy.site import Web
from tests.e2e.past_runs import forget_answers
from tests.e2e.visitor import Visitor

expect.set_options(timeout=30_000)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def paced_site(start_site: Callable[..., Web]) -> Web:
    return start_site(ANALYSIS_PACE_MS="1000")


@pytest.fixture
def slow_site(paced_site: Web) -> Web:
    """Each step takes a second longer, so that there is a middle of a run to act in."""
    forget_answers(paced_site)
    return paced_site


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`visit(site)` is a new person with a browser of their own; `visit(site, width=390)`."""
    contexts: list[BrowserContext] = []

    def new(site: Web, width: int = 1440, height: int = 900, **options: object) -> Visitor:
        viewport = {"width": width, "height": height}
        context = browser.new_context(base_url=site.url, viewport=viewport, **options)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        contexts.append(context)
        return Visitor(context.new_page())

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def page(live_site: Web, visit: Callable[..., Visitor]) -> Page:
    return visit(live_site).page
