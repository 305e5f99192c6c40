"""The examples of docs/stream.md, run as they stand, from top to bottom."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.cookiejar import MozillaCookieJar
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from deploy.site import ROOT, Web

TEXT = (ROOT / "docs" / "stream.md").read_text()
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.S)


@pytest.fixture(scope="module")
def shell(live_site: Web, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which all shell examples have run, one after the other, without an error."""
    folder = tmp_path_factory.mktemp("shell")
    script = "set -eu\n" + "\n".join(blocks("sh")) + '\necho "$SESSION" > session.txt\n'
    # The Python of these tests is the one that has `websockets`.
    env = os.environ | {
        "SITE": live_site.url,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return folder


def data_lines(file: Path) -> list[dict[str, Any]]:
    found = re.findall(r"^data: (.*)$", file.read_text(), re.M)
    return [event for event in map(json.loads, found) if "seq" in event]


def test_curl_follows_a_run_to_its_end(shell):
    events = data_lines(shell / "events.txt")
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["data"]["state"] == "succeeded"
    assert "event: end" in (shell / "events.txt").read_text()


def test_curl_resumes_after_the_last_event_it_has(shell):
    assert [event["seq"] for event in data_lines(shell / "rest.txt")][:2] == [6, 7]


def test_curl_polls_pages_and_exports(shell):
    page = json.loads((shell / "page.json").read_text())
    assert [event["seq"] for event in page["events"]] == [1, 2, 3]
    assert (shell / "problems.ndjson").exists()


def test_a_shell_reads_frames_with_a_ticket(shell):
    frames = (shell / "frames.txt").read_text()
    for kind in ("ready", "events", "live"):
        assert f'"type":"{kind}"' in frames


def python(code: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | env, cwd=ROOT, capture_output=True,
        text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("number", [0, 1])
def test_the_python_client_prints_each_event_once(live_site, number):
    shown = python(blocks("python")[number], SITE=live_site.url)
    numbers = [int(line.split()[0]) for line in shown.splitlines() if re.match(r"\d+ ", line)]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 10


def test_a_client_of_ones_own_follows_the_three_rules(live_site, shell):
    jar = MozillaCookieJar(shell / "jar")
    jar.load()
    cookie = "; ".join(f"{one.name}={one.value}" for one in jar)
    session = (shell / "session.txt").read_text().strip()
    shown = python(blocks("python")[2], SITE=live_site.url, SESSION=session, COOKIE=cookie)
    assert [int(line.split()[0]) for line in shown.splitlines()][:3] == [1, 2, 3]


@pytest.fixture(scope="module")
def browser_page(live_site: Web, shell: Path) -> Iterator[Page]:
    """A page of the site in a browser that has the shell's cookies."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not on this machine")
    jar = MozillaCookieJar(shell / "jar")
    jar.load()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context()
        context.add_cookies(
            [{"name": one.name, "value": str(one.value), "url": live_site.url} for one in jar]
        )
        opened = context.new_page()
        opened.goto(live_site.url)
        yield opened
        browser.close()


@pytest.mark.parametrize(("number", "result"), [(0, "seen"), (1, "heard")])
def test_the_javascript_examples_hear_the_session(browser_page, shell, number, result):
    session = (shell / "session.txt").read_text().strip()
    code = f"""async (session) => {{
        {blocks("js")[number]}
        while ({result}.length < 10) await new Promise((go) => setTimeout(go, 20));
        return {result};
    }}"""
    found = browser_page.evaluate(code, session)
    numbers = [one["seq"] if isinstance(one, dict) else one[0] for one in found]
    assert numbers == list(range(1, len(numbers) + 1))
