"""The field that questions are typed into: suggestions by keyboard and pointer, input methods."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.visitor import Visitor


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Your question")


def test_suggestions_are_walked_through_taken_and_then_asked_by_keyboard(page: Page) -> None:
    visitor = Visitor(page)
    page.goto("/")
    field(page).fill("volatility of micros")  # at once, so that no later list takes the place
    expect(page.get_by_role("option").first).to_be_visible()
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    assert visitor.violations() == []
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_count(1)
    expect(field(page)).to_have_attribute(
        "aria-activedescendant", chosen.get_attribute("id") or "none"
    )
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value(re.compile("^volatility of Microsoft"))
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(visitor.bubbles).to_have_count(0)
    page.keyboard.press("Enter")
    expect(visitor.bubbles.first).to_have_attribute("data-status", "succeeded")


def test_suggestions_are_taken_by_a_click_and_closed_by_escape_and_by_leaving(page: Page) -> None:
    page.goto("/")
    field(page).press_sequentially("beta of micros")
    page.get_by_role("option", name="beta of Microsoft").click()
    expect(field(page)).to_have_value(re.compile("^beta of Microsoft"))
    expect(field(page)).to_be_focused()
    for leave in ("Escape", "Tab"):
        field(page).fill("beta of micros")
        expect(page.get_by_role("option").first).to_be_visible()
        page.keyboard.press(leave)
        expect(page.get_by_role("listbox")).to_be_hidden()


def test_enter_asks_although_suggestions_are_open_and_closes_them(page: Page) -> None:
    visitor = Visitor(page)
    page.goto("/")
    field(page).press_sequentially("Max drawdown of GE")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(visitor.bubbles.first.locator(".question")).to_have_text("Max drawdown of GE")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_an_input_method_is_not_disturbed_by_enter(page: Page) -> None:
    """While text is being composed Enter belongs to the input method: nothing is sent."""
    visitor = Visitor(page)
    page.goto("/")
    field(page).focus()
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "AMD", "selectionStart": 3, "selectionEnd": 3})
    expect(page.get_by_role("option").first).to_be_visible()
    composing = {"type": "rawKeyDown", "key": "Enter", "code": "Enter"}
    keys.send("Input.dispatchKeyEvent", {**composing, "windowsVirtualKeyCode": 229})
    expect(field(page)).to_have_value("AMD")
    expect(visitor.bubbles).to_have_count(0)
    keys.send("Input.insertText", {"text": "Volatility of AMD"})
    expect(field(page)).to_have_value("Volatility of AMD")
    page.keyboard.press("Enter")
    expect(visitor.bubbles.first).to_have_attribute("data-status", "succeeded")


def test_before_its_scripts_have_come_the_page_is_a_form_that_asks(page: Page) -> None:
    visitor = Visitor(page)
    page.route("**/*.js", lambda route: route.abort())
    visitor.ask("Max drawdown of GE")
    page.wait_for_url("**/s/**")
    expect(visitor.bubbles.first.locator(".question")).to_have_text("Max drawdown of GE")
