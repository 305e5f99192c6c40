"""Every end of a run as its reader sees it: the cause, the step, the request, and a way on."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from deploy.site import Web
from tests.e2e.visitor import Visitor

Visit = Callable[..., Visitor]
REQUEST = re.compile(r"request [0-9a-f]{32}")


def interrupt(site: Web, run: str) -> None:
    """As the reaper leaves a run whose worker died."""
    with closing(sqlite3.connect(Path(site.env["VAR_DIR"]) / "db.sqlite3")) as database:
        changed = database.execute(
            "UPDATE progress_run SET state = 'interrupted' WHERE id = ?", [run.replace("-", "")]
        )
        assert changed.rowcount == 1
        database.commit()


def test_every_state_is_accessible_and_says_what_to_do(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site)
    page = visitor.page
    visitor.asked("Will Apple go up tomorrow?")
    for _ in range(2):  # what stands on the page twice is named so that it can be told apart
        visitor.asked("Max drawdown of GE", path=None)
    run = visitor.asked("Volatility of AMD", path=None).get_attribute("data-run") or ""
    visitor.ask("best stock", path=None).get_by_role("button", name="Cancel").click()
    expect(visitor.bubbles.nth(4)).to_have_attribute("data-status", "cancelled")
    page.goto(f"/sql?analysis={run}")
    page.get_by_label("SQL").fill("SELECT nonsense FROM prices")
    page.get_by_role("button", name="Run").click()
    expect(visitor.bubbles.nth(5)).to_have_attribute("data-status", "failed")
    expect(visitor.ask("best stock", path=None).locator(".choice").first).to_be_visible()
    interrupt(live_site, run)
    page.reload()

    states = visitor.bubbles.evaluate_all("all => all.map(each => each.dataset.status)")
    done = ["succeeded", "succeeded"]
    assert states == ["unsupported", *done, "interrupted", "cancelled", "failed", "waiting"]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert visitor.violations() == [], scheme
    for place in (3, 4, 5):
        card = visitor.bubbles.nth(place).locator(".problem")
        expect(card.locator(".where")).to_have_text(REQUEST)
        expect(card.get_by_role("button", name="Try again")).to_be_visible()
    expect(visitor.bubbles.nth(5).locator(".where")).to_contain_text("sql_failed")
    visitor.bubbles.nth(3).get_by_role("button", name="Try again").click()
    expect(visitor.bubbles.nth(7)).to_have_attribute("data-status", "succeeded")


def test_the_details_of_a_refusal_are_copied_with_its_request(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site, permissions=["clipboard-read", "clipboard-write"])
    visitor.asked()
    for path in (None, "/"):  # over the socket, and over REST
        card = visitor.ask("volatility " * 500, path=path).locator(".problem")
        expect(card.locator(".where")).to_have_text(REQUEST)
        expect(card.get_by_role("alert")).to_contain_text("characters")
        card.get_by_role("button", name="Copy details").click()
        expect(card.get_by_role("button", name="Copied")).to_be_visible()
        copied = visitor.page.evaluate("navigator.clipboard.readText()")
        assert REQUEST.search(copied) and "characters" in copied and "Try again" not in copied


def test_a_page_of_an_error_names_its_request(page: Page) -> None:
    answer = page.goto("/nowhere")
    assert answer is not None
    identity = answer.headers["x-request-id"]
    expect(page.locator(".where")).to_have_text(f"request {identity}")
    expect(page.get_by_role("button", name="Copy details")).to_be_visible()


def test_an_answer_that_does_not_get_through_says_so_and_can_be_given_again(page: Page) -> None:
    visitor = Visitor(page)
    page.route_web_socket("**/ws/**", lambda socket: socket.close(code=1006))
    page.route("**/api/analyses/*/answer", lambda route: route.abort())
    bubble = visitor.ask("best stock")
    bubble.locator(".choice").first.click()
    card = bubble.locator(".problem")
    expect(card).to_contain_text("The server cannot be reached.")
    expect(card.get_by_role("button", name="Try again")).to_have_count(0)
    page.unroute("**/api/analyses/*/answer")
    bubble.locator(".choice").first.click()
    expect(bubble).to_have_attribute("data-status", "succeeded")
    expect(card).to_have_count(0)


def test_an_outcome_that_could_not_be_fetched_is_fetched_again(page: Page) -> None:
    visitor = Visitor(page)
    missed: list[str] = []

    def flaky(route: Route) -> None:
        missed.append(route.request.url)
        if len(missed) < 4:
            route.abort()
        else:
            route.continue_()

    page.route("**/a/*", flaky)
    visitor.asked("Volatility of AMD")
    assert len(missed) >= 4


def test_a_conversation_that_was_deleted_elsewhere_says_so(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site)
    visitor.asked("Volatility of AMD")
    other = visitor.other_tab()
    other.page.goto(visitor.page.url)
    other.page.locator(".session-more").click()
    other.page.get_by_text("Delete…").click()
    other.page.get_by_role("button", name="Delete for good").click()
    expect(visitor.page.locator(".notice")).to_contain_text("does not exist any more")
    expect(visitor.bubbles.first.locator(".answer")).to_be_visible()
