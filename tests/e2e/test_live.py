"""What happens to a run on the page when the network, the tab or the person interferes."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from deploy.site import Web
from tests.e2e.visitor import FINAL, Visitor

Visit = Callable[..., Visitor]
# Counts on the line itself how often the log went live.
LIVES = """line => {
    line.dataset.lives = 0;
    const count = () => line.dataset.state === "live" && line.dataset.lives++;
    new MutationObserver(count).observe(line, { attributeFilter: ["data-state"] });
}"""


def running(number: int) -> str:
    return f'.step[data-step="{number}"][data-state="running"]'


def whole(visitor: Visitor) -> bool:
    """Every event of the session stands in the log once and in order."""
    return visitor.seqs() == visitor.stored()


def test_a_reload_in_the_middle_shows_the_same_run_going_on(slow_site: Web, visit: Visit) -> None:
    visitor = visit(slow_site)
    bubble = visitor.ask("Sharpe ratio of Microsoft")
    visitor.sees(running(2))
    run = bubble.get_attribute("data-run")
    visitor.page.reload()
    expect(bubble).to_have_attribute("data-run", run or "")
    expect(bubble.locator('.step[data-step="1"]')).to_have_attribute("data-state", "done")
    visitor.sees('.step[data-step="1"] ~ [data-state="running"]')
    expect(bubble).to_have_attribute("data-status", "succeeded")
    expect(bubble.locator(".messages li").first).to_be_attached()
    assert whole(visitor)


def test_a_killed_socket_comes_back_and_nothing_is_lost_or_doubled(
    slow_site: Web, visit: Visit
) -> None:
    visitor = visit(slow_site)
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    visitor.page.route_web_socket("**/ws/**", through)
    bubble = visitor.ask("Beta of JPMorgan")
    state = visitor.page.locator(".log-state")
    expect(state).to_have_text("Live")
    state.evaluate(LIVES)
    for times in (1, 2):
        sockets[-1].close(code=1012)
        expect(state).to_have_attribute("data-lives", str(times))
    expect(bubble).to_have_attribute("data-status", "succeeded")
    expect(visitor.rows.last).to_contain_text("Finished")
    assert len(sockets) >= 3
    assert whole(visitor)


def blocked(visitor: Visitor, *ways: str) -> None:
    if "websocket" in ways:
        visitor.page.route_web_socket("**/ws/**", lambda socket: socket.close(code=1006))
    if "sse" in ways:
        visitor.page.route(
            lambda url: "/api/progress/" in url and "/events" not in url,
            lambda route: route.abort(),
        )


def test_without_websockets_events_come_as_server_sent_events(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site)
    blocked(visitor, "websocket")
    visitor.asked()
    expect(visitor.page.locator(".log-state")).to_contain_text("server-sent events")
    expect(visitor.rows.last).to_contain_text("Finished")
    visitor.asked("and over 10 years?", path=None)
    assert whole(visitor)


def test_without_either_the_page_asks_again_and_again(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site)
    blocked(visitor, "websocket", "sse")
    visitor.asked()
    expect(visitor.page.locator(".log-state")).to_contain_text("asking again", timeout=20_000)
    expect(visitor.rows.last).to_contain_text("Finished")
    visitor.asked("and over 10 years?", path=None)
    assert whole(visitor)


def test_being_offline_is_said_after_three_seconds_and_healed(live_site: Web, visit: Visit) -> None:
    visitor = visit(live_site)
    visitor.asked()
    gone = [True]

    def route(socket: WebSocketRoute) -> None:
        if gone[0]:
            socket.close(code=1006)
        else:
            socket.connect_to_server()

    visitor.page.route_web_socket("**/ws/**", route)
    visitor.page.route("**/api/progress/**", lambda r: r.abort() if gone[0] else r.continue_())
    visitor.page.reload()
    notice = visitor.page.locator(".notice")
    expect(notice).to_contain_text("goes on on the server; retrying in")
    gone[0] = False
    notice.locator("button").dispatch_event("click")
    expect(notice).to_be_hidden()
    expect(visitor.page.locator(".log-state")).to_contain_text("Live")


def test_a_clock_that_is_wrong_here_does_not_change_how_long_a_run_took(
    slow_site: Web, visit: Visit
) -> None:
    visitor = visit(slow_site)
    visitor.page.clock.set_system_time("2031-01-01T00:00:00Z")
    bubble = visitor.ask("Beta of Chevron")
    visitor.sees(running(2))
    assert re.fullmatch(r"[\d.]+ (ms|s)", bubble.locator(".clock").inner_text())
    visitor.page.reload()
    expect(bubble.locator(".clock")).to_have_text(re.compile(r"^[\d.]+ (ms|s)$"))
    expect(bubble).to_have_attribute("data-status", "succeeded")


def test_the_waterfall_grows_with_the_run_and_stays_in_its_frame(
    slow_site: Web, visit: Visit
) -> None:
    visitor = visit(slow_site)
    bubble = visitor.ask("Sortino ratio of Exxon")
    visitor.sees(running(3))
    before = [bar["width"] for bar in bars(bubble)]
    visitor.sees(running(4))
    after = bars(bubble)
    assert before[1] > after[1]["width"] > 5  # its share becomes smaller as the run goes on
    expect(bubble).to_have_attribute("data-status", "succeeded")
    expect(bubble.locator(".answer")).to_be_visible()
    bubble.locator(".steps > summary").click()
    for bar in bars(bubble):
        assert bar["width"] >= 1
        assert bar["x"] >= 0 and bar["x"] + bar["width"] <= 100.1


def bars(bubble: Locator) -> list[dict[str, float]]:
    """Of each step, in per cent of the run."""
    return bubble.locator("rect:first-child").evaluate_all(
        """all => all.map((bar) => {
          const { x, width } = getComputedStyle(bar);
          return { x: parseFloat(x), width: parseFloat(width) };
        })"""
    )


def test_two_tabs_see_the_same_run(slow_site: Web, visit: Visit) -> None:
    visitor = visit(slow_site)
    visitor.asked("Volatility of GE")
    other = visitor.other_tab()
    other.page.goto(visitor.page.url)
    expect(other.page.locator(".log-state")).to_contain_text("Live")
    visitor.ask("Volatility of AMD", path=None)
    expect(other.bubbles.nth(1).locator(".question")).to_have_text("Volatility of AMD")
    expect(other.bubbles.nth(1)).to_have_attribute("data-status", "succeeded")
    expect(other.bubbles.nth(1).locator(".answer")).to_contain_text("AMD")
    expect(other.rows.last).to_contain_text("Finished")
    assert other.seqs() == visitor.seqs()


def test_a_question_is_answered_in_another_tab_and_the_same_run_goes_on(
    live_site: Web, visit: Visit
) -> None:
    visitor = visit(live_site)
    bubble = visitor.ask("best stock")
    expect(bubble.locator(".ask")).to_contain_text("Needs you")
    expect(visitor.page).to_have_title("● Needs you · best stock · Tickertape")
    run = bubble.get_attribute("data-run")
    other = visitor.other_tab()
    other.page.goto(visitor.page.url)
    other.page.locator(".choice").first.click()
    for tab in (visitor, other):
        expect(tab.bubbles.first).to_have_attribute("data-status", "succeeded")
        expect(tab.bubbles.first).to_have_attribute("data-run", run or "")
        expect(tab.bubbles.first.locator(".ask .answered")).to_be_visible()
    expect(visitor.page).to_have_title("best stock · Tickertape")


def test_a_confirmation_survives_a_reload(page: Page) -> None:
    visitor = Visitor(page)
    bubble = visitor.ask("best stock")
    expect(bubble.locator(".choice").first).to_be_visible()
    page.reload()
    bubble.locator(".choice[data-recommended]").click()
    expect(bubble).to_have_attribute("data-status", "succeeded")


def test_cancel_stops_the_run_and_settles_its_steps(slow_site: Web, visit: Visit) -> None:
    visitor = visit(slow_site)
    bubble = visitor.ask("Calmar ratio of Chevron")
    visitor.sees(running(2))
    bubble.get_by_role("button", name="Cancel").click()
    expect(bubble).to_have_attribute("data-status", "cancelled")
    expect(bubble.locator('[data-state="running"]')).to_have_count(0)
    bubble.get_by_role("button", name="Try again").click()
    expect(visitor.bubbles.nth(1)).to_have_attribute("data-status", FINAL)
    expect(bubble).to_have_attribute("data-status", "cancelled")
