"""The log panel: following, filters, permalinks, size."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from deploy.site import Web
from tests.e2e.visitor import Visitor

Visit = Callable[..., Visitor]


@pytest.fixture
def busy(live_site: Web, visit: Visit) -> Visitor:
    """A conversation whose log is longer than the panel."""
    visitor = visit(live_site, height=500)
    visitor.asked()
    visitor.asked("and over 10 years?", path=None)
    return visitor


# Whoever follows does so when what is new has been laid out.
DRAWN = """() => new Promise(
    done => requestAnimationFrame(() => requestAnimationFrame(() => done()))
)"""


def scroll(visitor: Visitor) -> dict[str, float]:
    return visitor.page.locator(".log-scroll").evaluate(
        "e => ({top: e.scrollTop, left: e.scrollHeight - e.clientHeight - e.scrollTop})"
    )


def test_the_log_follows_its_end(busy: Visitor) -> None:
    expect(busy.rows.last).to_contain_text("Finished")
    busy.page.evaluate(DRAWN)
    assert scroll(busy)["left"] < 2
    busy.asked("Volatility of AMD", path=None)
    expect(busy.rows.last).to_be_in_viewport()


def test_a_reader_who_scrolled_up_is_not_moved_and_sees_what_is_new(busy: Visitor) -> None:
    busy.page.locator(".log-scroll").hover()
    busy.page.mouse.wheel(0, -5000)
    expect(busy.rows.first).to_be_in_viewport()
    busy.asked("Volatility of AMD", path=None)
    pill = busy.page.locator(".log-pill")
    expect(pill).to_have_text(re.compile(r"^\d+ new ↓$"))
    assert scroll(busy)["top"] == 0
    pill.click()
    expect(pill).to_be_hidden()
    expect(busy.rows.last).to_be_in_viewport()


def test_the_key_end_follows_again(busy: Visitor) -> None:
    busy.page.locator(".log-scroll").hover()
    busy.page.mouse.wheel(0, -5000)
    expect(busy.rows.first).to_be_in_viewport()
    busy.asked("Volatility of AMD", path=None)
    expect(busy.page.locator(".log-pill")).to_be_visible()
    busy.page.get_by_label("Your question").blur()
    busy.page.keyboard.press("End")
    expect(busy.page.locator(".log-pill")).to_be_hidden()
    expect(busy.rows.last).to_be_in_viewport()


def test_a_reload_leaves_the_times_since_the_start_as_they_were(
    slow_site: Web, visit: Visit
) -> None:
    visitor = visit(slow_site)
    bubble = visitor.ask("Sortino ratio of Pepsi in 2019")
    visitor.sees('.step[data-step="3"][data-state="running"]')
    visitor.page.reload()
    expect(bubble).to_have_attribute("data-status", "succeeded")
    expect(visitor.rows.last).to_contain_text("Finished")
    live = visitor.page.locator(".row-since").all_inner_texts()
    times = [float(text[1:-1]) for text in live]
    assert times == sorted(times) and times[0] == 0 and times[-1] > 3
    visitor.page.reload()
    assert visitor.page.locator(".row-since").all_inner_texts() == live


def test_that_a_line_was_copied_is_said_for_a_while(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site, permissions=["clipboard-read", "clipboard-write"])
    visitor.asked()
    state = visitor.page.locator(".log-state")
    expect(state).to_have_text("Live")
    visitor.rows.last.locator(".row-time").click()
    expect(state).to_contain_text("Copied")
    expect(state).to_have_text("Live")


def test_the_pill_counts_warnings(busy: Visitor) -> None:
    busy.page.locator(".log-scroll").hover()
    busy.page.mouse.wheel(0, -5000)
    expect(busy.rows.first).to_be_in_viewport()
    busy.ask("best stock over the last 5 years", path=None)
    expect(busy.page.locator(".log-pill")).to_have_text(re.compile(r"\d+ new · 1 warning ↓"))


def test_the_answer_arrives_with_its_first_line_in_sight(busy: Visitor) -> None:
    bubble = busy.asked("Compare the volatility of Apple and Microsoft since 2010", path=None)
    expect(bubble.locator(".chart svg").first).to_be_attached()
    expect(bubble.locator(".question")).to_be_in_viewport()


def test_the_chat_leaves_a_reader_alone_who_scrolled_up(busy: Visitor) -> None:
    chat = busy.page.locator("#chat")
    chat.hover()
    busy.page.mouse.wheel(0, -9000)
    expect(busy.bubbles.first.locator(".question")).to_be_in_viewport()
    busy.page.evaluate("document.querySelector('.follow-ups button').click()")
    expect(busy.bubbles).to_have_count(3)


def test_levels_and_search_filter_on_the_server_and_live_in_the_address(busy: Visitor) -> None:
    page = busy.page
    page.get_by_role("searchbox", name="Search the log").fill("cache")
    page.keyboard.press("Enter")
    expect(busy.rows.filter(has_not_text=re.compile("cache", re.I))).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?q=cache$"))
    page.get_by_role("link", name="Info").click()
    expect(page).to_have_url(re.compile("level=info"))
    expect(busy.rows.and_(page.locator(':not([data-level="info"])'))).to_have_count(0)
    shown = busy.rows.count()
    assert shown > 0
    page.reload()
    expect(busy.rows).to_have_count(shown)


def test_a_filter_that_could_not_be_fetched_is_fetched_again(busy: Visitor) -> None:
    missed: list[str] = []

    def flaky(route: Route) -> None:
        missed.append(route.request.url)
        if len(missed) == 1:
            route.abort()
        else:
            route.continue_()

    busy.page.route("**/s/*level=success*", flaky)
    busy.page.get_by_role("link", name="Done").click()
    expect(busy.rows.and_(busy.page.locator(':not([data-level="success"])'))).to_have_count(0)
    assert len(missed) == 2


def test_live_events_pass_the_filter_that_is_set(busy: Visitor) -> None:
    busy.page.get_by_role("link", name="Done").click()
    expect(busy.rows.and_(busy.page.locator(':not([data-level="success"])'))).to_have_count(0)
    before = busy.rows.count()
    busy.asked("Volatility of AMD", path=None)
    expect(busy.rows.nth(before)).to_be_attached()
    expect(busy.rows.and_(busy.page.locator(':not([data-level="success"])'))).to_have_count(0)


def test_the_counts_of_the_levels_are_those_of_the_log(busy: Visitor) -> None:
    for level, name in (("info", "Info"), ("success", "Done")):
        count = busy.page.locator(f'.level-chip[data-level="{level}"] .count')
        rows = busy.page.locator(f'.row[data-level="{level}"]').count()
        assert count.inner_text() == str(rows), name


def test_a_step_of_the_waterfall_shows_only_its_part_of_the_log(busy: Visitor) -> None:
    bubble = busy.bubbles.first
    bubble.locator(".steps > summary").click()
    bubble.get_by_role("link", name="Show step 3 in the log").click()
    expect(busy.page.locator(".log-scope")).to_have_text(re.compile("Only step 3 of one run"))
    expect(busy.rows.filter(has_not_text="3/5")).to_have_count(0)
    busy.page.get_by_role("link", name="Show everything").click()
    expect(busy.page.locator(".log-scope")).to_be_hidden()
    expect(busy.rows.filter(has_text="1/5").first).to_be_attached()


def test_a_permalink_opens_marks_and_holds_its_event(busy: Visitor) -> None:
    tab = busy.other_tab()
    tab.page.set_viewport_size({"width": 1440, "height": 500})
    tab.page.goto(f"{busy.page.url}#e7")
    row = tab.page.locator("#e7")
    expect(row).to_have_class(re.compile("marked"))
    expect(row).to_be_in_viewport()
    busy.asked("Volatility of AMD", path=None)
    expect(tab.page.locator(".log-pill")).to_be_visible()
    expect(row).to_be_in_viewport()


def test_times_switch_to_utc_and_stay_so(busy: Visitor) -> None:
    page = busy.page
    page.get_by_label("Log options").click()
    page.get_by_label("Times in UTC").check()
    first = busy.rows.first
    at = first.get_attribute("data-at") or ""
    expect(first.locator(".row-time")).to_have_text(at[11:23])
    page.reload()
    expect(first.locator(".row-time")).to_have_text(at[11:23])


@pytest.mark.parametrize("form", ["csv", "json", "ndjson"])
def test_what_is_shown_and_everything_can_be_exported(busy: Visitor, form: str) -> None:
    page = busy.page
    page.get_by_role("link", name="Done").click()
    expect(page.locator(".level-chip[aria-current]")).to_contain_text("Done")
    page.get_by_label("Log options").click()
    links = page.locator(".log-exports").get_by_role("link", name=form.upper(), exact=True)
    shown, everything = links.all()
    texts = [
        page.request.get(link.get_attribute("href") or "").text() for link in (shown, everything)
    ]
    assert "Processing question" not in texts[0]
    assert "Processing question" in texts[1]


def test_a_log_that_is_cleared_elsewhere_empties_here(page: Page) -> None:
    visitor = Visitor(page)
    visitor.asked()
    session = page.url.rsplit("/", 1)[1]
    token = next(c["value"] for c in page.context.cookies() if c.get("name") == "csrftoken")
    headers = {"X-CSRFToken": token, "Origin": page.url.split("/s/")[0]}
    assert page.request.delete(f"/api/progress/{session}", headers=headers).status == 204
    expect(visitor.rows).to_have_count(0)
    visitor.asked("Volatility of AMD", path=None)
    expect(visitor.rows.first).to_be_attached()
