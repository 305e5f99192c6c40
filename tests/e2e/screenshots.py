"""The pictures of docs/screenshots, taken from the running site: `python -m tests.e2e.screenshots`.

A site of its own is started on a free port with empty data, and stopped afterwards.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from deploy.site import ROOT, Web, environment, prepare
from tests.e2e.visitor import VOLATILITY, Visitor

TARGET = ROOT / "docs" / "screenshots"
WIDE, PHONE = (1440, 900), (390, 844)
COMPARE = "Compare Apple and Microsoft since 2010"


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is needed to take pictures")
    TARGET.mkdir(parents=True, exist_ok=True)
    with site() as quick, site(ANALYSIS_PACE_MS="900") as slow, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        take(browser, quick, slow)
        browser.close()


@contextmanager
def site(**settings: str) -> Iterator[Web]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        var = Path(directory) / "var"
        env = environment(var, **settings)
        prepare(env)
        web = Web(env, var / "web.log")
        web.start()
        try:
            yield web
        finally:
            web.stop()


def take(browser: Browser, quick: Web, slow: Web) -> None:
    for scheme in ("light", "dark"):
        answer(browser, quick, scheme)
        welcome(browser, quick, scheme)
    running(browser, slow)
    question_back(browser, quick)
    phone(browser, quick)
    history(browser, quick)


def visitor(
    browser: Browser, at: Web, scheme: str = "light", size: tuple[int, int] = WIDE
) -> Visitor:
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(base_url=at.url, viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    return Visitor(context.new_page())


def keep(shown: Visitor, name: str) -> None:
    shown.page.screenshot(path=TARGET / f"{name}.png", animations="disabled")
    shown.page.context.close()


def answer(browser: Browser, at: Web, scheme: str) -> None:
    shown = visitor(browser, at, scheme)
    shown.asked(VOLATILITY).locator(".chart svg").first.wait_for()
    keep(shown, f"answer-{scheme}")


def welcome(browser: Browser, at: Web, scheme: str) -> None:
    shown = visitor(browser, at, scheme)
    shown.page.goto("/")
    keep(shown, f"welcome-{scheme}")


def running(browser: Browser, at: Web) -> None:
    shown = visitor(browser, at)
    bubble = shown.ask(COMPARE)
    bubble.locator('[data-step="4"][data-state="running"]').wait_for()
    keep(shown, "running")


def question_back(browser: Browser, at: Web) -> None:
    shown = visitor(browser, at, "dark")
    shown.ask("best stock").locator(".choice").first.wait_for()
    keep(shown, "needs-you")


def phone(browser: Browser, at: Web) -> None:
    shown = visitor(browser, at, "light", PHONE)
    shown.asked(VOLATILITY)
    shown.page.screenshot(path=TARGET / "phone-chat.png")
    shown.page.get_by_role("radio", name="Log").check()
    keep(shown, "phone-log")


def history(browser: Browser, at: Web) -> None:
    shown = visitor(browser, at)
    shown.asked(VOLATILITY)
    for question in (COMPARE, "Will Apple go up tomorrow?", "Max drawdown of GE", VOLATILITY):
        shown.asked(question, path=None)
    shown.page.goto("/history")
    keep(shown, "history")


if __name__ == "__main__":
    main()
