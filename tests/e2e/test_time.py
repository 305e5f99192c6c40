"""What the page foresees: learnt from past runs, renewed by each step, and honest at the end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from deploy.site import ROOT, Web
from tests.e2e.past_runs import forget_answers
from tests.e2e.visitor import Visitor

Visit = Callable[..., Visitor]
WATCHED = """bar => {
    window.values = [bar.value];
    new MutationObserver(() => window.values.push(bar.value)).observe(bar, { attributes: true });
}"""


SAID = """region => {
    window.said = [];
    const hear = () => window.said.push(region.textContent);
    new MutationObserver(hear).observe(region, { childList: true });
}"""


@pytest.fixture(scope="module")
def learnt_site(start_site: Callable[..., Web]) -> Web:
    """Questions have taken twenty seconds here; from now on they take some four."""
    site = start_site(ANALYSIS_PACE_MS="800")
    command = [sys.executable, "-m", "tests.e2e.past_runs", "20", "5"]
    subprocess.run(command, env=site.env, cwd=ROOT, check=True)
    return site


@pytest.fixture
def long_site(learnt_site: Web) -> Web:
    forget_answers(learnt_site)
    return learnt_site


def begun(visitor: Visitor, question: str) -> tuple[Locator, Locator]:
    """The bubble of a run that has begun, and its bar."""
    bubble = visitor.ask(question)
    expect(bubble).to_have_attribute("data-status", "running")
    return bubble, bubble.locator("progress")


def test_a_long_run_has_a_bar_that_never_goes_back_and_is_not_full_before_the_end(
    long_site: Web, visit: Visit
) -> None:
    visitor = visit(long_site)
    bubble, bar = begun(visitor, "Volatility of GE")
    expect(bar).to_be_visible()
    expect(bubble.locator(".eta")).to_have_text("usually 20 s")
    bar.evaluate(WATCHED)
    expect(bubble).to_have_attribute("data-status", "succeeded")
    values = visitor.page.evaluate("window.values")
    assert len(set(values)) > 10 and values == sorted(values)
    assert 0.2 < values[-1] < 0.9, "the last steps told that less is left than of twenty seconds"
    expect(bar).to_be_hidden()


def test_what_was_predicted_stands_beside_the_steps_and_in_the_history(
    long_site: Web, visit: Visit
) -> None:
    visitor = visit(long_site)
    bubble, _ = begun(visitor, "Volatility of KO")
    expect(bubble).to_have_attribute("data-status", "succeeded")
    expect(bubble.locator(".eta")).to_be_hidden()
    bubble.locator(".steps > summary").click()
    expect(bubble.locator(".eta")).to_have_text("predicted 20 s")
    expect(bubble.locator(".bar").first).to_have_attribute("title", "Predicted 4.0 s")
    visitor.page.goto("/history")
    expect(visitor.page.locator("td[data-label=predicted]")).to_have_text("20 s")
    assert visitor.violations() == []


def test_beyond_what_nine_of_ten_took_the_page_says_so(long_site: Web, visit: Visit) -> None:
    visitor = visit(long_site)
    visitor.page.clock.install()
    bubble, bar = begun(visitor, "Volatility of PG")
    visitor.page.locator('[aria-live="polite"]').evaluate(SAID)
    visitor.page.clock.fast_forward(60_000)
    expect(bubble.locator(".eta")).to_have_text("longer than usual")
    assert bar.evaluate("bar => bar.value") == 1 and bar.evaluate("bar => bar.max") > 1
    assert visitor.violations() == []
    expect(bubble).to_have_attribute("data-status", "succeeded")
    assert visitor.page.evaluate("window.said").count("This takes longer than usual.") == 1
