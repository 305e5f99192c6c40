"""An analysis in the terminal: steps as they happen, then the sentence and the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from analysis import formats

MARKS = {
    "info": ("•", "blue"),
    "success": ("✓", "green"),
    "warning": ("⚠", "yellow"),
    "error": ("✕", "red"),
}


def event(console: Console, event: Mapping[str, Any]) -> None:
    """One line of the log."""
    if event["kind"] not in ("log", "step", "state") or not event["message"]:
        return
    mark, colour = MARKS[event["level"]]
    step = f"{event['step']}/{event['total_steps']} " if event["step"] else ""
    took = f" · {event['elapsed_ms'] / 1000:.2f} s" if event["elapsed_ms"] is not None else ""
    console.print(
        Text.assemble(
            (f"{mark} ", colour), (step, "dim"), printable(event["message"]), (took, "dim")
        )
    )


def printable(text: str) -> str:
    """Control characters could move the cursor or rename the window of whoever reads the log."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def inert(text: str) -> str:
    """Text of people, in which rich must not see its own markup."""
    return escape(printable(text))


def answer(console: Console, analysis: Mapping[str, Any]) -> None:
    if analysis["answer"]:
        console.print()
        console.print(inert(analysis["answer"]), style="bold")
    if analysis["note"]:
        console.print(inert(analysis["note"]), style="dim")
    if analysis["table"] and analysis["table"]["rows"]:
        console.print(table(analysis["table"]))
    for problem in problems(analysis):
        console.print(inert(problem))


def problems(analysis: Mapping[str, Any]) -> list[str]:
    told = asked_back(analysis["ask"]) if analysis["ask"] else []
    if analysis["error"]:
        told.append(analysis["error"]["message"])
    if analysis["unsupported"]:
        told.append(analysis["unsupported"]["reason"])
        nearest = [analysis["unsupported"]["nearest"], *analysis["unsupported"]["examples"]]
        told += [f"  try: {example}" for example in dict.fromkeys(filter(None, nearest))]
    return told


def asked_back(ask: Mapping[str, Any]) -> list[str]:
    choices = [f"  {choice['value']}: {choice['label']}" for choice in ask["choices"]]
    return [f"{ask['question']} Ask again with what you mean:", *choices]


def table(plain: Mapping[str, Any]) -> Table:
    drawn = Table(header_style="bold", box=None, pad_edge=False)
    for column in plain["columns"]:
        number = column["type"] in ("number", "integer")
        drawn.add_column(column["name"], justify="right" if number else "left")
    for row in plain["rows"]:
        drawn.add_row(*(cell(c["format"], v) for c, v in zip(plain["columns"], row, strict=True)))
    return drawn


def cell(kind: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    # Dates stay as they are: a column of them is easier to compare.
    return inert(str(value) if kind == "date" else formats.figure(value, kind))
