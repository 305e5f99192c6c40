"""`manage.py ask --url`: the terminal command as a client of another site."""

import json
import os
import subprocess

import pytest

from deploy.site import MANAGE, ROOT


def ask(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"} | settings
    return subprocess.run(
        [*MANAGE, "ask", *arguments], capture_output=True, text=True, timeout=60, cwd=ROOT,
        stdin=subprocess.DEVNULL, env=env,
    )  # fmt: skip


def test_another_site_is_asked_and_its_progress_shown(slow_site):
    done = ask("What stocks have highest volatility?", "--url", slow_site.url)
    assert done.returncode == 0, done.stderr
    assert "Analysis results ready for display" in done.stdout
    assert "RRC" in done.stdout and "70.4" in done.stdout


def test_assumptions_go_along(slow_site):
    done = ask("best stock", "--set", "metric=cagr", "--url", slow_site.url, "--json")
    plain = json.loads(done.stdout)
    assert plain["status"] == "succeeded" and plain["interpretation"]["metric"] == "cagr"


@pytest.mark.parametrize("there", [True, False])
def test_with_nobody_at_the_terminal_an_unclear_question_is_given_back(slow_site, there):
    where = ("--url", slow_site.url) if there else ()
    here = {} if there else {"VAR_DIR": slow_site.env["VAR_DIR"]}
    done = ask("best stock", *where, **here)
    assert done.returncode == 1
    assert "What should" in done.stdout and "Sharpe ratio" in done.stdout
    plain = json.loads(ask("best stock", *where, "--json", **here).stdout)
    assert plain["status"] == "waiting" and len(plain["ask"]["choices"]) == 2


def test_a_bad_token_is_said_so(slow_site):
    done = ask("Max drawdown of GE", "--url", slow_site.url, "--token", "nonsense")
    assert done.returncode == 1 and "CommandError" in done.stderr


def test_a_site_that_is_not_prepared_is_one_line(tmp_path, slow_site):
    done = ask("beta of GE", VAR_DIR=str(tmp_path), MARKET_DIR=slow_site.env["VAR_DIR"] + "/market")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "manage.py prepare" in done.stderr


def test_what_could_be_asked_instead_is_named_once(slow_site):
    done = ask("Will Apple go up?", "--url", slow_site.url)
    tried = [line for line in done.stdout.splitlines() if line.startswith("  try: ")]
    assert len(tried) == len(set(tried)) >= 3


def test_a_site_that_is_away_is_said_so():
    done = ask("Max drawdown of GE", "--url", "http://127.0.0.1:9")
    assert done.returncode == 1 and "cannot be reached" in done.stderr
