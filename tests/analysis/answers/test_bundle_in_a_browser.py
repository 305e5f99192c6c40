"""The bundle under the site's strictest rules: no inline script, no inline style, no eval."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from analysis.plots import bars, grids, lines
from analysis.vega import bundle_file

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:"
PAGE = "<!doctype html><title>t</title><script type=module src=/m.js></script><body></body>"
SCRIPT = """
import { embed, themes } from "/static/vega/bundle.js";
window.broken = [];
document.addEventListener("securitypolicyviolation", (e) => broken.push(e.violatedDirective));
for (const spec of %s) {
  const element = document.body.appendChild(document.createElement("div"));
  element.style.width = "600px";
  await embed(element, spec, { theme: "dark" });
}
window.themeNames = Object.keys(themes);
window.done = true;
"""
DAYS = [{"date": f"2020-01-{d:02}", "series": "KO", "value": d / 100} for d in range(1, 31)]


@pytest.fixture
def site() -> Iterator[str]:
    specs = [
        bars.ranked([{"ticker": "KO", "beta": 0.5}], "ticker", "beta", "ratio", "Bars"),
        lines.chart({"KO": DAYS}, "percent", "Volatility", "Lines"),
        grids.correlations([{"ticker_a": "A", "ticker_b": "B", "correlation": 0.5}], "Cells"),
    ]
    bodies = {
        "/": ("text/html", PAGE),
        "/m.js": ("text/javascript", SCRIPT % json.dumps(specs)),
        "/static/vega/bundle.js": ("text/javascript", bundle_file().read_text()),
        "/favicon.ico": ("image/x-icon", ""),
    }

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            kind, body = bodies[self.path]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_charts_are_drawn_under_a_strict_policy_with_tooltips(site):
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(site)
        page.wait_for_function("window.done", timeout=20_000)
        box = page.locator("svg").nth(1).bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100)
        tooltip = page.locator("#vg-tooltip-element.visible")
        tooltip.wait_for(state="attached", timeout=20_000)
        assert "KO" in tooltip.inner_text()
        assert page.locator("svg").count() == 3
        assert page.locator("[aria-label='KO: 0.50']").count() == 1
        assert page.evaluate("window.themeNames") == ["light", "dark"]
        assert page.evaluate("window.broken") == []
        assert said == []
        browser.close()
