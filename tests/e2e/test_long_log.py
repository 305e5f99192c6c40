"""Ten thousand events in one conversation: all there, all found, smooth to scroll."""

from __future__ import annotations

import statistics
import subprocess
from collections.abc import Callable

from playwright.sync_api import expect

from deploy.site import MANAGE, ROOT, Web
from tests.e2e.visitor import Visitor

EVENTS = 10_000
WRITE = """
from progress.service import drain, progress_info_sync
progress_info_sync("{session}", "endless " * 12_000)
for n in range({count}):
    progress_info_sync("{session}", f"row {{n}} of many, needle-{{n}}")
assert drain(60)
"""


def test_ten_thousand_events_are_all_there_and_scroll_smoothly(
    live_site: Web, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(live_site)
    visitor.asked()
    session = visitor.page.locator("main").get_attribute("data-session")
    script = WRITE.format(count=EVENTS, session=session)
    subprocess.run([*MANAGE, "shell", "-c", script], env=live_site.env, cwd=ROOT, check=True)
    page = visitor.page
    page.reload()
    expect(visitor.rows).to_have_count(len_stored(visitor), timeout=30_000)
    assert visitor.seqs() == sorted(visitor.seqs())
    expect(visitor.rows.last).to_be_in_viewport()
    assert height(visitor, "endless") < 400
    # The browser's own search (Ctrl-F) finds what is in the page, however far away.
    assert page.evaluate("window.find('needle-17 ') || window.find('needle-17')")
    assert median_frame(visitor) < 0.1


def len_stored(visitor: Visitor) -> int:
    """Rows that the finished log will have: the run's own and the ten thousand."""
    session = visitor.page.locator("main").get_attribute("data-session")
    first = visitor.page.request.get(f"/api/progress/{session}/events?limit=200").json()
    own = [event for event in first["events"] if event["run"] and event["message"]]
    return len(own) + 1 + EVENTS


def height(visitor: Visitor, text: str) -> float:
    """Pixels of the row with this text: a line of 96,000 characters ends in an ellipsis."""
    box = visitor.rows.filter(has_text=text).first.bounding_box()
    assert box is not None
    return box["height"]


def median_frame(visitor: Visitor) -> float:
    """Seconds from frame to frame while the log is scrolled through."""
    frames: list[float] = visitor.page.locator(".log-scroll").evaluate(
        """async (log) => {
          const frames = [];
          let before = performance.now();
          for (let n = 0; n < 30; n++) {
            log.scrollTop = (log.scrollHeight * n) / 30;
            await new Promise(requestAnimationFrame);
            frames.push(performance.now() - before);
            before = performance.now();
          }
          return frames;
        }"""
    )
    return statistics.median(frames) / 1000
