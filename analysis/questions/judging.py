"""The question set: what each question should be understood as, and how the engine does.

A question is right, needless (asked or refused although it can be answered), or wrong: answered
silently with another meaning, which is the worst. A quarter, chosen by a hash of the text, is held
out: nobody looks at it while tuning. Two files are parts of their own: another author wrote
`exam.toml` from the conventions alone, with values computed apart from this engine;
`strangers.toml` was written the way people type, before anything was mended for it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from analysis.intent import Condition, Intent, Question, Refusal
from analysis.market_facts import MarketFacts
from analysis.understanding.question import understand

FOLDER = Path(__file__).parent
OWN_PARTS = ("exam", "strangers")
Verdict = Literal["right", "needless", "wrong"]
Outcome = Intent | Question | Refusal


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """One question, its verdict, and what was expected against what came."""

    text: str
    verdict: Verdict
    part: str  # tuned on, held out, or one of OWN_PARTS
    differences: tuple[str, ...]


def judge_all(facts: MarketFacts) -> list[Judged]:
    return [judge(expected, facts) for expected in questions()]


def questions() -> Iterable[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.toml")):
        for expected in tomllib.loads(path.read_text(encoding="utf-8"))["questions"]:
            yield {**expected, "part": part_of(path.stem, expected["q"])}


def part_of(file: str, text: str) -> str:
    if file in OWN_PARTS:
        return file
    quarter = hashlib.sha256(text.encode()).digest()[0] % 4 == 0
    return "held out" if quarter else "tuned on"


def judge(expected: dict[str, Any], facts: MarketFacts) -> Judged:
    text = expected["q"]
    before = understand(expected["after"], facts) if "after" in expected else None
    previous = before if isinstance(before, Intent) else None
    outcome = understand(text, facts, previous=previous)
    differences = tuple(_differences(expected, outcome, facts))
    verdict: Verdict = "right" if not differences else _failure(outcome)
    if verdict == "needless" and expected.get("maybe"):
        verdict = "right"
    return Judged(text, verdict, expected["part"], differences)


def _failure(outcome: Outcome) -> Verdict:
    if isinstance(outcome, Intent):
        return "wrong"
    return "needless"


def _differences(expected: dict[str, Any], outcome: Outcome, facts: MarketFacts) -> Iterable[str]:
    if "ask" in expected:
        if not isinstance(outcome, Question) or outcome.slot != expected["ask"]:
            yield f"expected to ask for {expected['ask']}, got {brief(outcome)}"
    elif "refuse" in expected:
        if not isinstance(outcome, Refusal) or outcome.code not in expected["refuse"].split("|"):
            yield f"expected to refuse as {expected['refuse']}, got {brief(outcome)}"
    elif not isinstance(outcome, Intent):
        yield f"expected {expected['shape']}, got {brief(outcome)}"
    else:
        yield from _fields(expected, outcome, facts)


def _fields(expected: dict[str, Any], intent: Intent, facts: MarketFacts) -> Iterable[str]:
    loose = set(expected.get("loose", "").split(","))
    for name, wanted, got in _pairs(expected, intent, facts):
        if name not in loose and got not in wanted:
            yield f"{name}: expected {' or '.join(map(str, wanted))}, got {got}"


def _pairs(
    expected: dict[str, Any], intent: Intent, facts: MarketFacts
) -> Iterable[tuple[str, list[Any], Any]]:
    yield "shape", expected["shape"].split("|"), intent.shape
    for name in ("metrics", "tickers"):
        if name in expected or name == "tickers":
            wanted = expected.get(name, "")
            yield name, wanted.split("|"), ",".join(getattr(intent, name))
    for name in ("sector", "industry"):
        yield name, [expected.get(name)], getattr(intent, name)
    yield "exclude", [sorted(_split(expected.get("exclude", "")))], sorted(intent.exclude)
    yield "order", [expected.get("order", "desc")], intent.order
    if "limit" in expected:
        yield "limit", [expected["limit"]], intent.limit
    yield "periods", [expected.get("periods", "")], ",".join(w.label for w in intent.windows)
    yield "conditions", [expected.get("conditions", "")], _conditions(intent.conditions)
    for name, value in expected.get("params", {}).items():
        yield f"params.{name}", [value], intent.param(name)
    yield from _window(expected.get("window", "5y"), intent, facts)


def _split(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _conditions(conditions: tuple[Condition, ...]) -> str:
    return " & ".join(_condition(c) for c in conditions)


def _condition(c: Condition) -> str:
    if c.op == "between":
        return f"{c.metric} {c.value:g}..{c.upper:g}"
    if c.against:
        return f"{c.metric}{c.op}{c.against}"
    return f"{c.metric}{c.op}{c.value:g}"


def _window(text: str, intent: Intent, facts: MarketFacts) -> Iterable[tuple[str, list[Any], Any]]:
    if text == "any":
        return
    start, end = window_of(text, facts)
    yield "window", [f"{start}..{end}"], f"{intent.window.start}..{intent.window.end}"


def window_of(text: str, facts: MarketFacts) -> tuple[str | None, str]:
    """ "5y", "all", "ytd", "2021", "2010s" and "A..B" as start and end, ISO; no start is None."""
    last = facts.last_date.isoformat()
    if text == "all":
        return None, last
    if text == "5y":
        return facts.last_date.replace(year=facts.last_date.year - 5).isoformat(), last
    if text == "ytd":
        return f"{facts.last_date.year - 1}-12-31", last
    if ".." in text:
        start, end = text.split("..")
        return (None if start == "all" else start), end
    first = int(text.rstrip("s"))
    years = 10 if text.endswith("s") else 1
    return dt.date(first - 1, 12, 31).isoformat(), dt.date(first + years - 1, 12, 31).isoformat()


def brief(outcome: Outcome) -> str:
    """One line that says what the engine made of a question."""
    if isinstance(outcome, Question):
        return f"question about {outcome.slot}"
    if isinstance(outcome, Refusal):
        return f"refusal {outcome.code}: {outcome.reason}"
    named = ",".join((*outcome.metrics, *outcome.tickers))
    return f"{outcome.shape} {named} {outcome.window.start}..{outcome.window.end}"
