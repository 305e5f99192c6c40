"""Ask, watch, read, check: the job that the page is there for."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from deploy.site import Web
from tests.e2e.visitor import VOLATILITY, Visitor

Visit = Callable[..., Visitor]
# Which steps ran while a row of the log told of them.
WATCHED = """() => {
    const watched = (window.watched = []);
    new MutationObserver(() => {
        const running = document.querySelector('.step[data-state="running"] .step-number');
        const told = [...document.querySelectorAll(".row-step")].map((each) => each.textContent);
        const place = running?.textContent;
        if (told.includes(place) && !watched.includes(place)) watched.push(place);
    }).observe(document, { subtree: true, childList: true, attributes: true });
}"""


def test_a_question_ends_in_a_sentence_a_table_a_chart_and_the_sql(
    live_site: Web, visit: Visit
) -> None:
    visitor = visit(live_site)
    bubble = visitor.asked()
    expect(bubble.locator(".answer")).to_contain_text("RRC")
    expect(bubble.locator(".answer")).to_contain_text("70.4 %")
    first_three = bubble.locator("tbody tr").locator("th").all_inner_texts()[:3]
    assert first_three == ["RRC", "AMD", "GE"]
    expect(bubble.locator(".chart svg").first).to_be_visible()
    bubble.get_by_text("SQL that ran").click()
    expect(bubble.locator(".sql pre")).to_contain_text("SELECT")
    expect(bubble).to_contain_text("Data through 2022-12-28")
    expect(bubble.locator(".follow-ups button")).to_have_count(3)
    assert visitor.errors == []


def test_the_bubble_and_all_pending_steps_stand_before_the_server_has_answered(
    slow_site: Web, visit: Visit
) -> None:
    visitor = visit(slow_site)
    visitor.page.goto("/")
    visitor.page.route("**/api/analyze", lambda route: None)
    bubble = visitor.ask("Volatility of AMD", path=None)
    expect(bubble.locator(".question")).to_have_text("Volatility of AMD")
    expect(bubble.locator('.step[data-state="pending"]')).to_have_count(5)


def test_each_step_is_seen_while_it_runs_in_the_bubble_and_in_the_log(
    slow_site: Web, visit: Visit
) -> None:
    visitor = visit(slow_site)
    visitor.page.goto("/")
    visitor.page.evaluate(WATCHED)
    bubble = visitor.ask("Total return of Apple in 2019", path=None)
    expect(bubble).to_have_attribute("data-status", "succeeded")
    expect(visitor.rows.last).to_contain_text("Finished")
    assert visitor.page.evaluate("window.watched") == [f"{number}/5" for number in range(1, 6)]
    assert visitor.seqs() == visitor.stored()


def test_success_folds_the_steps_and_a_click_unfolds_them_with_times(page: Page) -> None:
    bubble = Visitor(page).asked("Sortino ratio of Home Depot since 2012")
    steps = bubble.locator(".steps")
    expect(steps).not_to_have_attribute("open", re.compile(".*"))
    steps.locator("summary").first.click()
    expect(steps.locator('.step[data-state="done"]')).to_have_count(5)
    expect(steps.locator(".step-time").nth(1)).to_have_text(re.compile(r"\d+ (ms|s)"))


def test_a_follow_up_question_goes_over_the_open_socket(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site)
    visitor.asked()
    posts: list[str] = []
    visitor.page.on("request", lambda r: posts.append(r.url) if r.method == "POST" else None)
    bubble = visitor.asked("and over 10 years?", path=None)
    expect(bubble.locator(".answer")).to_contain_text("10 years")
    assert posts == []


def test_a_changed_assumption_asks_again_with_it(page: Page) -> None:
    visitor = Visitor(page)
    bubble = visitor.asked()
    bubble.locator(".chip").first.click()
    other = bubble.locator(".chips .menu:popover-open > button:not([aria-current])").first
    label = other.inner_text()
    other.click()
    again = visitor.bubbles.nth(1)
    expect(again).to_have_attribute("data-status", "succeeded")
    expect(again.locator(".question")).to_have_text(VOLATILITY)
    assert label.lower().split()[-1] in again.locator(".answer").inner_text().lower()


def test_a_suggested_question_is_asked_by_one_click(page: Page) -> None:
    visitor = Visitor(page)
    page.goto("/")
    page.locator(".welcome .starters button").first.click()
    expect(visitor.bubbles.first).to_have_attribute("data-status", "succeeded")
    expect(page.locator(".welcome")).to_be_hidden()


def test_names_and_past_questions_are_suggested_while_typing(page: Page) -> None:
    visitor = Visitor(page)
    visitor.asked("Volatility of AMD")
    for typed, suggested in (
        ("beta of micros", "beta of Microsoft"),
        ("volat", "Volatility of AMD"),
    ):
        page.get_by_label("Your question").fill(typed)
        expect(page.get_by_role("option", name=suggested).first).to_be_visible()


def test_a_column_sorts_by_a_click_on_its_heading(page: Page) -> None:
    bubble = Visitor(page).asked()
    heading = bubble.get_by_role("button", name="Volatility", exact=True)
    heading.click()
    heading.click()
    expect(bubble.locator("tbody tr").last.locator("th")).to_have_text("RRC")
    expect(bubble.locator('th[aria-sort="ascending"]')).to_have_count(1)


def test_an_answer_that_stands_is_not_drawn_again_under_the_reader(page: Page) -> None:
    bubble = Visitor(page).asked("Information ratio of Walmart")
    expect(bubble.locator(".answer")).to_be_visible()
    body = bubble.locator(".body").element_handle()
    page.wait_for_load_state("networkidle")
    assert body.evaluate("e => e.isConnected")


def test_a_refusal_offers_the_nearest_question_which_works(page: Page) -> None:
    visitor = Visitor(page)
    bubble = visitor.asked("Will Apple go up tomorrow?")
    expect(bubble).to_have_attribute("data-status", "unsupported")
    bubble.locator(".starters button").first.click()
    expect(visitor.bubbles.nth(1)).to_have_attribute("data-status", "succeeded")


def test_a_question_that_is_too_long_says_so_and_can_be_sent_again(page: Page) -> None:
    visitor = Visitor(page)
    bubble = visitor.ask("volatility " * 500)
    expect(bubble.locator(".problem")).to_contain_text("characters")
    bubble.get_by_role("button", name="Try again").click()
    expect(visitor.bubbles.nth(1).locator(".problem")).to_contain_text("characters")


def test_the_sql_of_an_answer_opens_in_an_editor_and_runs(page: Page) -> None:
    visitor = Visitor(page)
    bubble = visitor.asked()
    bubble.get_by_text("SQL that ran").click()
    bubble.get_by_role("link", name="Open in the editor").click()
    page.get_by_role("button", name="Run").click()
    result = visitor.bubbles.nth(1)
    expect(result).to_have_attribute("data-status", "succeeded")
    assert "RRC" in result.locator("tbody tr").first.inner_text()


def test_the_editor_begins_with_a_statement_that_runs(page: Page) -> None:
    page.goto("/sql")
    page.get_by_role("button", name="Run").click()
    expect(Visitor(page).bubbles.first).to_have_attribute("data-status", "succeeded")


def test_a_statement_that_is_tried_again_is_drawn_as_a_statement(page: Page) -> None:
    visitor = Visitor(page)
    page.goto("/sql")
    page.get_by_label("SQL").fill("SELECT nonsense\nFROM prices")
    page.get_by_role("button", name="Run").click()
    visitor.bubbles.first.get_by_role("button", name="Try again").click()
    again = visitor.bubbles.nth(1)
    expect(again.locator(".step")).to_have_count(1)
    expect(again.locator(".statement")).to_have_text("SELECT nonsense FROM prices")
    expect(again).to_have_attribute("data-status", "failed")
    expect(visitor.bubbles).to_have_count(2)


def test_the_history_finds_a_question_and_opens_it_as_it_was(page: Page) -> None:
    visitor = Visitor(page)
    visitor.asked()
    visitor.asked("Max drawdown of GE", path=None)
    page.goto("/history")
    expect(page.locator(".history tbody tr")).to_have_count(2)
    page.get_by_role("searchbox", name="Question").fill("drawdown")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".history tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Max drawdown of GE").click()
    expect(visitor.bubbles.nth(1).locator(".answer")).to_be_visible()
    expect(page.locator(".log-scope")).to_contain_text("one run")


def test_a_conversation_is_renamed_and_deleted_from_the_list(page: Page) -> None:
    Visitor(page).asked()
    page.goto(page.url)
    page.locator(".session-more").first.click()
    page.get_by_role("textbox", name="Name").fill("My <b>stocks</b>")
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(page.locator(".session-title").first).to_have_text("My <b>stocks</b>")
    page.locator(".session-more").first.click()
    page.get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator(".session-title")).to_have_count(0)


def test_somebody_else_cannot_open_a_conversation(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site)
    visitor.asked()
    stranger = visit(live_site).page
    answer = stranger.goto(visitor.page.url)
    assert answer is not None and answer.status == 404
    expect(stranger.get_by_role("heading", name="Nothing here.")).to_be_visible()
