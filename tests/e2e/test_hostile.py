"""Text from outside is text: nothing of it runs, breaks the page or pretends to be the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deploy.site import Web
from tests.e2e.visitor import Visitor

Visit = Callable[..., Visitor]

HOSTILE = [
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "</template></article><svg/onload=document.title='owned'>",
    "{{ settings.SECRET_KEY }} {% debug %} ${7*7}",
    "\u202egnp.exe volatility \u2066of\u2069 AMD",
    "Zalgo \u0301\u0302\u0303\u0304 and \U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "bell \x07 escape \x1b[31m tab \t end",
    "javascript:alert(1)//",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_question_stays_text_live_and_after_a_reload(
    live_site: Web, visit: Visit, text: str
) -> None:
    visitor = visit(live_site)
    for _ in range(2):
        bubble = visitor.bubbles.first
        if not visitor.bubbles.count():
            bubble = visitor.asked(text)
        expect(bubble.locator(".question")).to_contain_text(text.split()[-1])
        assert visitor.page.title() != "owned"
        expect(visitor.page.locator(".question script, .question img, .row img")).to_have_count(0)
        visitor.page.reload()
    assert visitor.errors == []


def test_a_very_long_question_neither_widens_nor_floods_the_page(page: Page) -> None:
    visitor = Visitor(page)
    visitor.asked("x" * 990)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    question = visitor.bubbles.first.locator(".question").bounding_box()
    assert question is not None and question["height"] < 250


def test_the_policy_forbids_what_the_page_does_not_need(page: Page) -> None:
    answer = page.goto("/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "document.title = 'owned'";
          document.body.append(script);
        }"""
    )
    assert page.title() != "owned"


def test_no_markup_carries_scripts_or_styles(page: Page) -> None:
    Visitor(page).asked()
    html = page.request.get(page.url).text()
    for forbidden in (" style=", " onclick=", " onerror=", " onload=", "javascript:", "<style"):
        assert forbidden not in html


def test_what_another_site_posts_is_refused(page: Page) -> None:
    page.goto("/")
    foreign = {"Origin": "https://elsewhere.example"}
    question: dict[str, str | float | bool] = {"question": "x"}
    assert page.request.post("/", form=question, headers=foreign).status == 403
    assert page.request.post("/", form=question).status == 403
    assert page.request.post("/api/analyze", data=question, headers=foreign).status == 403
