"""docs/api.md, run as it stands: every shell example against the site, in order, by curl."""

import ast
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from analysis.rest.described import ERRORS
from analysis.tokens import MOST, SCOPES
from analysis_site import settings
from deploy.site import ROOT, Web
from progress.conf import Conf

GUIDE = (ROOT / "docs" / "api.md").read_text()
EXAMPLES = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)


class Shell:
    """Runs examples and remembers what the guide lets variables stand for."""

    def __init__(self, site: str) -> None:
        self.variables = {"SITE": site}

    def run(self, example: str) -> str:
        done = subprocess.run(
            ["sh", "-eu", "-c", example],
            env={"PATH": os.environ["PATH"], **self.variables},
            capture_output=True,
            text=True,
            timeout=40,
        )
        assert done.returncode == 0, (example, done.stderr)
        return done.stdout

    def call(self, example: str) -> Any:
        """The JSON that the last line of an example's answer holds."""
        return json.loads(self.run(example).strip().splitlines()[-1])


def example(*words: str) -> str:
    """The one example of the guide with these words."""
    (found,) = [one for one in EXAMPLES if all(word in one for word in words)]
    return found


def lines(block: str) -> list[str]:
    """The single commands of an example."""
    return [one for one in re.split(r"\n(?=curl)", block.strip()) if one]


@pytest.fixture(scope="module")
def shell(api_site: Web) -> Shell:
    if shutil.which("curl") is None:
        pytest.skip("curl is not on this machine")
    shell = Shell(api_site.url)
    shell.variables["TOKEN"] = shell.call(example("notebook"))["token"]
    return shell


@pytest.fixture(scope="module")
def analysis(shell: Shell) -> dict[str, Any]:
    found: dict[str, Any] = shell.call(example("last 3 years"))
    shell.variables |= {"ID": found["id"], "SESSION": found["session"]}
    return found


def test_every_example_is_run_here() -> None:
    source = Path(__file__).read_text()
    words = re.findall(r"""example\(((?:"[^"]+"|'[^']+')(?:, "[^"]+")*)\)""", source)
    ran = {example(*ast.literal_eval(f"({found},)")) for found in words}
    assert set(EXAMPLES) - ran == set()


def test_asking_is_accepted_with_a_location(shell: Shell) -> None:
    answer = shell.run(example("-i", "What stocks have highest volatility?"))
    assert "202" in answer.splitlines()[0]
    assert re.search(r"(?mi)^location: /api/analyses/", answer)


def test_waiting_gives_the_answer_in_the_assumed_window(analysis: dict[str, Any]) -> None:
    assert analysis["status"] == "succeeded"
    assert analysis["interpretation"]["window"]["start"].startswith("2019")


def test_the_second_attempt_is_a_replay(shell: Shell) -> None:
    answer = shell.run(example("for attempt"))
    assert len(re.findall(r"(?mi)^location: (\S+)", answer)) == 2
    assert len(set(re.findall(r"(?mi)^location: (\S+)", answer))) == 1
    assert answer.lower().count("idempotent-replayed: true") == 1


def test_listing_and_looking(shell: Shell, analysis: dict[str, Any]) -> None:
    assert len(shell.call(example("limit=2"))["analyses"]) == 2
    look, chart = lines(example("chart.svg"))
    assert shell.call(look)["id"] == analysis["id"]
    assert "<svg" in shell.run(chart)


def test_answering_what_an_analysis_asks(shell: Shell) -> None:
    site, token = shell.variables["SITE"], shell.variables["TOKEN"]
    waiting = httpx.post(
        f"{site}/api/analyze",
        json={"question": "What is the best stock?"},
        headers={"Authorization": f"Bearer {token}", "Prefer": "wait=20"},
        timeout=30,
    ).json()
    assert waiting["status"] == "waiting"
    ask = waiting["ask"]
    other = Shell(shell.variables["SITE"])
    other.variables |= shell.variables
    other.variables |= {"ID": waiting["id"], "ASK": ask["id"], "CHOICE": ask["choices"][0]["value"]}
    assert other.call(example("$CHOICE"))["id"] == waiting["id"]


def test_cancelling_what_ended_is_a_conflict_and_retrying_starts_anew(
    shell: Shell, analysis: dict[str, Any]
) -> None:
    cancel, retry = lines(example("/cancel"))
    assert shell.call(cancel)["status"] == 409
    again = shell.call(retry)
    assert again["retry_of"] == analysis["id"]


def test_search_execute_market_and_suggest(shell: Shell) -> None:
    search, execute, market, suggest = lines(example("coke"))
    assert shell.call(search)["table"]["rows"]
    assert len(shell.call(execute)["table"]["rows"]) == 21
    assert len(shell.call(market)["tickers"]) == 21
    assert shell.call(suggest)["hits"][0]["key"] == "AAPL"


def test_following(shell: Shell, analysis: dict[str, Any]) -> None:
    stream, page, export = lines(example("format=csv"))
    assert "event: end" in shell.run(stream)
    assert [event["seq"] for event in shell.call(page)["events"]] == [4, 5, 6, 7, 8]
    assert shell.run(export).startswith("seq,created_at,")


def test_a_ticket(shell: Shell, analysis: dict[str, Any]) -> None:
    get, follow = lines(example("/api/tickets"))
    shell.variables["TICKET"] = shell.call(get)["ticket"]
    assert "event: end" in shell.run(follow)


def test_sessions(shell: Shell, analysis: dict[str, Any]) -> None:
    make, listing, rename = lines(example("Energy"))
    assert shell.call(make)["title"] == "Energy"
    assert shell.call(listing)["sessions"][0]["title"] == "Energy"
    assert shell.call(rename)["title"] == "Volatility"


def test_the_error_is_as_shown(shell: Shell) -> None:
    shown = re.search(r'```json\n(\{"type".*?)```', GUIDE, re.DOTALL)
    assert shown
    told = shell.call(example('{"question": 5}'))
    assert {**json.loads(shown[1]), "request_id": told["request_id"]} == told


def test_the_token_goes(shell: Shell, analysis: dict[str, Any]) -> None:
    listing, revoke = lines(example("-X DELETE"))
    assert shell.call(listing)["tokens"][0]["status"] == "usable"
    assert "204" in shell.run(revoke).splitlines()[0]
    assert shell.call(listing)["status"] == 401


def test_statuses_scopes_and_limits_of_the_guide_are_those_of_the_code() -> None:
    rows = {int(n) for row in re.findall(r"(?m)^\| ([\d, ]+) \|", GUIDE) for n in row.split(",")}
    assert rows == set(ERRORS)
    assert tuple(re.findall(r"(?m)^\| `(\w+)` \|", GUIDE)) == SCOPES
    owner, address = settings.THROTTLE_OWNER, settings.THROTTLE_ADDRESS
    assert f"{owner:,} requests a minute and owner, {address:,} a minute and network" in GUIDE
    assert f"{Conf.streams_per_owner} open streams an owner; {MOST} usable tokens" in GUIDE
