"""For every reader: assistive technology, keyboard, phone, dark, no scripts, paper."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from deploy.site import Web
from tests.e2e.visitor import VOLATILITY, Visitor

Visit = Callable[..., Visitor]
SCHEMES = ("light", "dark")


# -- axe-core finds nothing, on every page and in every state -------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_answer_is_accessible(live_site: Web, visit: Visit, scheme: str) -> None:
    visitor = visit(live_site, color_scheme=scheme)
    bubble = visitor.asked()
    bubble.locator(".steps > summary").click()
    bubble.locator(".step summary").first.click()
    bubble.get_by_text("SQL that ran").click()
    expect(bubble.locator(".chart svg").first).to_be_visible()
    assert visitor.violations() == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", ["/", "/history", "/sql", "/nowhere"])
def test_every_page_is_accessible(live_site: Web, visit: Visit, path: str, scheme: str) -> None:
    visitor = visit(live_site, color_scheme=scheme)
    visitor.page.goto(path)
    assert visitor.violations() == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_questions_back_and_refusals_are_accessible(
    live_site: Web, visit: Visit, scheme: str
) -> None:
    visitor = visit(live_site, color_scheme=scheme)
    visitor.asked("Will Apple go up tomorrow?")
    visitor.ask("volatility " * 500, path=None)
    expect(visitor.page.locator('.problem[data-tone="error"]')).to_be_visible()
    visitor.ask("best stock", path=None)
    expect(visitor.page.locator(".ask .choice").first).to_be_visible()
    assert visitor.violations() == []


def test_a_run_in_the_middle_is_accessible(slow_site: Web, visit: Visit) -> None:
    visitor = visit(slow_site)
    held = threading.Event()

    def hold(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            if not held.is_set():
                socket.send(frame)
            if "Searching for contextual information" in str(frame):
                held.set()  # the page stays in the middle for as long as axe looks

        server.on_message(pass_on)

    visitor.page.route_web_socket("**/ws/**", hold)
    bubble = visitor.ask(VOLATILITY)
    expect(bubble.locator('[data-step="2"][data-state="running"]')).to_be_visible()
    assert visitor.violations() == []
    expect(bubble.locator('[data-step="2"][data-state="running"]')).to_be_visible()


def test_menus_help_filters_and_a_history_with_rows_are_accessible(page: Page) -> None:
    visitor = Visitor(page)
    visitor.asked()
    page.keyboard.press("Escape")
    page.get_by_label("Log options").click()
    assert visitor.violations() == []
    page.locator(".chip").first.click()
    assert visitor.violations() == []
    page.get_by_role("button", name="Help and keys").click()
    assert visitor.violations() == []
    page.goto("/history")
    assert visitor.violations() == []


def test_step_boundaries_are_announced_politely_and_questions_at_once(
    slow_site: Web, visit: Visit
) -> None:
    visitor = visit(slow_site)
    visitor.ask("best stock")
    polite = visitor.page.locator('[aria-live="polite"]')
    expect(polite).to_have_text("Step 2 of 5: Context search")
    expect(visitor.page.locator('[role="alert"]')).to_contain_text("Needs you")
    expect(visitor.page.locator('[role="log"]')).to_have_attribute("aria-live", "off")


# -- Keyboard ------------------------------------------------------------------------------------


def test_the_whole_job_is_done_by_keyboard(page: Page) -> None:
    visitor = Visitor(page)
    page.goto("/")
    page.keyboard.type("best stock")
    page.keyboard.press("Enter")
    bubble = visitor.bubbles.first
    expect(bubble.locator(".choice").first).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.locator(".choice:focus").count():
            break
    page.keyboard.press("Enter")
    expect(bubble).to_have_attribute("data-status", "succeeded")
    expect(bubble.locator(".steps > summary")).to_be_focused()


def test_keys_search_the_log_walk_through_steps_and_show_help(page: Page) -> None:
    visitor = Visitor(page)
    bubble = visitor.asked()
    page.locator("#chat").focus()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search the log")).to_be_focused()
    page.keyboard.type("/j")
    expect(page.get_by_role("searchbox", name="Search the log")).to_have_value("/j")
    page.locator("#chat").focus()
    page.keyboard.press("j")
    expect(bubble.locator(".steps > summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    expect(bubble.locator(".step summary").first).to_be_focused()
    page.keyboard.press("k")
    expect(bubble.locator(".steps > summary")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


# -- Screens and colours -------------------------------------------------------------------------


def test_on_a_phone_chat_and_log_are_tabs_with_a_badge(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site, width=390, height=844)
    bubble = visitor.asked()
    log = visitor.page.locator("#log")
    expect(log).to_be_hidden()
    expect(visitor.page.locator(".badge")).to_have_text(re.compile(r"\d+"))
    visitor.page.get_by_role("radio", name="Log").check()
    expect(log).to_be_visible()
    expect(bubble).to_be_hidden()
    expect(visitor.page.locator(".badge")).to_be_hidden()
    visitor.page.get_by_role("radio", name="Chat").check()
    expect(bubble).to_be_visible()
    assert overflow(visitor.page) == 0


def test_on_a_phone_a_question_back_comes_into_sight(live_site: Web, visit: Visit) -> None:
    bubble = visit(live_site, width=390, height=700).ask("best stock")
    expect(bubble.get_by_role("button", name="Answer")).to_be_in_viewport()


@pytest.mark.parametrize("width", [320, 390, 720, 1024])
def test_no_width_scrolls_sideways(live_site: Web, visit: Visit, width: int) -> None:
    """720 px is a screen of 1440 px at 200 % zoom."""
    visitor = visit(live_site, width=width)
    visitor.asked("Compare Apple, Microsoft and AMD since 2010")
    assert overflow(visitor.page) == 0
    visitor.page.goto("/history")
    assert overflow(visitor.page) == 0


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def test_buttons_are_large_enough_for_a_finger(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site, width=390, height=844, has_touch=True)
    visitor.asked()
    # Headings of columns are as high as their row; sorting is no part of the job.
    buttons = visitor.page.locator(":is(button, summary, .tabs label):visible:not(thead *)")
    boxes = {each.inner_text(): each.bounding_box() for each in buttons.all()}
    heights = {name: box["height"] for name, box in boxes.items() if box}
    assert {name: height for name, height in heights.items() if height < 44} == {}


def test_colours_and_layout_are_remembered_for_the_first_paint(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name=re.compile("Colours")).click()
    page.get_by_role("button", name=re.compile("Colours")).click()
    page.get_by_role("button", name="Show the log beside the chat").click()
    html = page.request.get("/").text()
    assert 'data-theme="dark"' in html
    assert 'data-view="single"' in html
    page.reload()
    expect(page.locator("#log")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_charts_are_drawn_again_when_the_colours_change(page: Page) -> None:
    bubble = Visitor(page).asked()
    text = bubble.locator(".chart svg text").first
    expect(text).to_be_visible()
    before = text.get_attribute("fill")
    page.get_by_role("button", name=re.compile("Colours")).click()
    page.get_by_role("button", name=re.compile("Colours")).click()
    expect(bubble.locator(".chart svg text").first).not_to_have_attribute("fill", before or "")


def test_reduced_motion_stops_the_shimmer(slow_site: Web, visit: Visit) -> None:
    visitor = visit(slow_site, reduced_motion="reduce")
    bubble = visitor.ask(VOLATILITY)
    name = bubble.locator('[data-state="running"] [data-slot="name"]')
    expect(name).to_be_visible()
    assert name.evaluate("e => getComputedStyle(e).animationName") == "none"


def test_paper_shows_answers_without_tools(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site, color_scheme="dark")
    page = visitor.page
    bubble = visitor.asked()
    page.get_by_role("button", name=re.compile("Colours")).click(click_count=2)
    expect(bubble.locator('.canvas[data-shade="dark"] svg')).to_be_visible()
    page.emulate_media(media="print")
    expect(bubble.locator(".answer")).to_be_visible()
    for tool in (".composer", ".log-panel", ".sessions", ".masthead .tools"):
        expect(page.locator(tool)).to_be_hidden()
    # A chart that was drawn for a dark page is turned into one for white paper.
    expect(bubble.locator(".canvas")).to_have_css("filter", re.compile("invert"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_has_the_charts_that_never_came_into_sight(
    live_site: Web, visit: Visit, scheme: str
) -> None:
    visitor = visit(live_site, color_scheme=scheme, height=500)
    page = visitor.page
    bubble = visitor.asked()
    visitor.asked("Compare Apple and Microsoft since 2010", path=None)
    page.reload()
    expect(page.locator(".log-state")).to_have_text("Live")
    picture = bubble.locator(".chart img")
    expect(bubble.locator(".canvas")).to_be_empty()
    assert picture.evaluate("image => image.currentSrc") == ""  # costs nothing on a screen
    page.pdf()
    assert picture.evaluate("image => image.naturalWidth") > 100
    assert "theme=light" in picture.evaluate("image => image.currentSrc")
    expect(picture).to_be_hidden()
    page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
    expect(picture).to_be_visible()
    # A blend for a dark page would leave nothing of it on white paper.
    expect(picture).to_have_css("mix-blend-mode", "normal")


# -- Without scripts -----------------------------------------------------------------------------


def test_without_scripts_a_form_asks_and_the_page_refreshes_until_it_is_done(
    slow_site: Web, visit: Visit
) -> None:
    visitor = visit(slow_site, java_script_enabled=False)
    visitor.ask(VOLATILITY)
    expect(visitor.bubbles.first.locator(".answer")).to_contain_text("RRC")
    expect(visitor.bubbles.first.locator("tbody tr")).to_have_count(10)
    expect(visitor.bubbles.first.locator(".chart img")).to_be_visible()
    expect(visitor.rows.last).to_contain_text("Finished")
    expect(visitor.page.locator('meta[http-equiv="refresh"]')).to_have_count(0)


def test_without_scripts_a_question_is_answered_and_a_run_cancelled(
    slow_site: Web, visit: Visit
) -> None:
    visitor = visit(slow_site, java_script_enabled=False)
    visitor.ask("best stock")
    visitor.page.locator(".choice").first.click()
    expect(visitor.page.locator(".answered")).to_be_visible()
    expect(visitor.bubbles.first.locator(".answer")).to_be_visible()
    visitor.ask("Max drawdown of Pepsi in 2015", path=None)
    visitor.bubbles.nth(1).get_by_role("button", name="Cancel").click()
    expect(visitor.bubbles.nth(1)).to_have_attribute("data-status", "cancelled")


def test_without_scripts_a_phone_has_its_tabs_and_menus(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site, width=390, height=844, java_script_enabled=False)
    visitor.ask(VOLATILITY)
    expect(visitor.bubbles.first.locator(".answer")).to_be_visible()
    visitor.page.get_by_role("radio", name="Log").check()
    expect(visitor.rows.last).to_be_visible()
    visitor.page.get_by_label("Log options").click()
    expect(visitor.page.get_by_role("link", name="NDJSON").first).to_be_visible()


def test_without_scripts_the_log_is_filtered_by_its_form(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site, java_script_enabled=False)
    visitor.ask(VOLATILITY)
    expect(visitor.rows.last).to_contain_text("Finished")
    visitor.page.get_by_role("link", name="Done").click()
    expect(visitor.rows.first).to_be_visible()
    expect(visitor.rows.and_(visitor.page.locator(':not([data-level="success"])'))).to_have_count(0)
