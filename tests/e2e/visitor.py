"""What a person does on the page, in their words."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

FINAL = re.compile("succeeded|unsupported|failed|cancelled|interrupted")
VOLATILITY = "What stocks have highest volatility?"
# Refusals of what a test breaks on purpose are not the page's mistakes.
EXPECTED = re.compile(r"WebSocket|ERR_|Failed to load resource|status of 4|EventSource")


# Looks whenever the page changes, so that nothing is too short to be seen.
SEEN = """([selector, limit]) => new Promise((resolve, reject) => {
    const look = () => document.querySelector(selector) && resolve();
    new MutationObserver(look).observe(document, {
        subtree: true, childList: true, attributes: true });
    setTimeout(() => reject(new Error(`${selector} was not seen`)), limit);
    look();
})"""


class Visitor:
    """A person with one tab. Errors that the page logs are kept in `errors`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            self.errors.append(message.text)

    def ask(self, question: str, path: str | None = "/") -> Locator:
        """Type a question and press Enter; gives its bubble. `path` None stays on the page."""
        if path:
            self.page.goto(path)
        before = self.bubbles.count()
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        return self.bubbles.nth(before)

    def asked(self, question: str = VOLATILITY, path: str | None = "/") -> Locator:
        """Ask, and wait for what comes of it."""
        bubble = self.ask(question, path)
        expect(bubble).to_have_attribute("data-status", FINAL)
        expect(bubble.locator(".answer, .problem").first).to_be_visible()
        return bubble

    def sees(self, selector: str) -> None:
        """Wait until it stands on the page, be it for a moment only."""
        self.page.evaluate(SEEN, [selector, 60_000])

    @property
    def bubbles(self) -> Locator:
        return self.page.locator(".bubble")

    @property
    def rows(self) -> Locator:
        return self.page.locator(".live-log .row")

    def seqs(self) -> list[int]:
        """The numbers of the rows as they stand in the log."""
        ids = self.rows.evaluate_all("rows => rows.map(row => row.id)")
        return [int(name[1:]) for name in ids]

    def stored(self) -> list[int]:
        """The numbers of the events that have something to say, as the server has them."""
        session = self.page.locator("main").get_attribute("data-session")
        page = self.page.request.get(f"/api/progress/{session}/events?limit=1000").json()
        return [event["seq"] for event in page["events"] if event["message"]]

    def other_tab(self) -> Visitor:
        return Visitor(self.page.context.new_page())

    def violations(self) -> list[str]:
        """What axe-core finds, as `rule: target`. Its script is put in past the page's policy."""
        found = Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]
