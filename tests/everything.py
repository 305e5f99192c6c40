"""The whole CI as one script of named steps: `make test`, or `python -m tests.everything`.

A step that this machine cannot run (no Node, no Chromium) is skipped by name; with REQUIRE_ALL=1
that counts as a failure. `--only static` runs the quick checks, `--only NAME…` single steps.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LAST_LINES = 60
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Step:
    """One command; `needs` names what the machine lacks for it, or None."""

    name: str
    command: tuple[str, ...]
    static: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    needs: Callable[[], str | None] = lambda: None


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(BIN / name), *arguments)


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


def pytest(*arguments: str) -> tuple[str, ...]:
    # Real servers, killed processes and a browser share two cores here: a test that fails is run
    # once more, and the summary counts it as rerun. What fails twice has failed.
    again = ("--reruns", "1", "--reruns-delay", "1")
    return python("-m", "pytest", "-q", "--durations=5", *again, *arguments)


def chromium() -> str | None:
    return None if any(map(shutil.which, CHROMIUM)) else "Chromium"


def node() -> str | None:
    return None if shutil.which("node") else "Node.js"


WITH_PROCESSES = ("tests/faults", "tests/e2e", "tests/adopt")
IN_PROCESS = tuple(f"--ignore={folder}" for folder in WITH_PROCESSES)
# The test databases stay: their server is thrown away with them.
STACKED = ("-n", "2", "-m", "stack and not soak", "--reuse-db")
# Named one by one: whether Node takes a folder depends on its version.
SCRIPT_TESTS = tuple(sorted(str(file) for file in (ROOT / "tests" / "js").glob("*.test.js")))
STACK = python("-m", "tests.servers")

STEPS = (
    Step("format", tool("ruff", "format", "--check", "."), static=True),
    Step("lint", tool("ruff", "check", "."), static=True),
    Step("types", tool("mypy", "."), static=True),
    Step("imports", tool("lint-imports"), static=True),
    Step("migrations", python("manage.py", "makemigrations", "--check", "--dry-run"), static=True),
    Step("site checks", python("manage.py", "check", "--fail-level", "WARNING"), static=True),
    Step("tests on SQLite", pytest("-n", "2", "-m", "not soak", *IN_PROCESS)),
    Step("tests on PostgreSQL and Redis", (*STACK, *pytest(*STACKED, *IN_PROCESS))),
    Step("faults", pytest("-n", "2", "--dist", "loadfile", "tests/faults", "-m", "not soak")),
    Step("adopters", pytest("tests/adopt")),
    Step("JavaScript tests", ("node", "--test", *SCRIPT_TESTS), needs=node),
    Step("browser tests", pytest("tests/e2e"), needs=chromium),
)


@dataclass(frozen=True)
class Outcome:
    """What became of a step: `passed`, `failed` or `skipped`, its seconds and its last lines."""

    step: Step
    state: str
    took: float = 0.0
    last_lines: Sequence[str] = ()

    def __str__(self) -> str:
        return f"{self.state:>8} {self.took:6.1f} s  {self.step.name}"


def main() -> int:
    wanted = arguments().only
    outcomes = [outcome(step) for step in STEPS if is_wanted(step, wanted)]
    unacceptable = {"failed", "skipped"} if os.environ.get("REQUIRE_ALL") else {"failed"}
    refused = [found for found in outcomes if found.state in unacceptable]
    # Who reads only the end of a long output learns what failed, and how.
    for found in refused:
        print(f"\n=== {found.step.name}: {found.state}\n{''.join(found.last_lines)}")
    print("", *outcomes, sep="\n")
    return int(bool(refused))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="STEP", default=[])
    return parser.parse_args()


def is_wanted(step: Step, wanted: list[str]) -> bool:
    return not wanted or step.name in wanted or (step.static and "static" in wanted)


def outcome(step: Step) -> Outcome:
    missing = step.needs()
    if missing:
        print(f"\n=== {step.name}: skipped, {missing} is not on this machine", flush=True)
        return Outcome(step, "skipped")
    print(f"\n=== {step.name}", flush=True)
    started = time.monotonic()
    code, last_lines = run(step)
    took = time.monotonic() - started
    return Outcome(step, "failed" if code else "passed", took, last_lines)


def run(step: Step) -> tuple[int, Sequence[str]]:
    """Show what the step prints while it runs; its exit code and its last lines."""
    last_lines: deque[str] = deque(maxlen=LAST_LINES)
    with subprocess.Popen(
        step.command, cwd=ROOT, env=os.environ | step.env, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            last_lines.append(line)
    return process.returncode, last_lines


if __name__ == "__main__":
    sys.exit(main())
