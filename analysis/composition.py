"""Composes one statement from scripts: each becomes a common table expression before its readers.

A script names those it reads in its `needs` header. `figures` joins the scripts that compute the
wanted metrics; it is the only relation that is written here, because its columns vary.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from analysis import script_files
from analysis.errors import UnplannableIntent
from analysis.metrics import average_gap_days, moving_average_days

# The SQL of a relation, and the relations that it reads.
Relation = tuple[str, tuple[str, ...]]

FOLDERS = ("sources", "figures")
FIRST = ("holding", "spread")  # they have a row for every ticker with a return in the window


@functools.cache
def part_of(metric: str) -> str:
    """The script under `figures/` that computes a metric. Raises `UnplannableIntent`."""
    if moving_average_days(metric) or average_gap_days(metric):
        return "state"
    for name in script_files.names("figures"):
        if metric in script_files.load(name).columns:
            return name.removeprefix("figures/")
    raise UnplannableIntent(f"{metric} is not a figure of a window.")


def figures(metrics: Sequence[str]) -> Relation:
    """The relation (ticker, bucket, metrics...) over the scripts that compute the metrics."""
    parts = sorted({part_of(metric) for metric in metrics}, key=_rank)
    joins = "".join(f"\nLEFT JOIN {part} USING (ticker, bucket)" for part in parts[1:])
    columns = ", ".join(dict.fromkeys(metrics))
    return f"SELECT ticker, bucket, {columns}\nFROM {parts[0]}{joins}", tuple(parts)


def _rank(part: str) -> tuple[int, str]:
    return (FIRST.index(part) if part in FIRST else len(FIRST)), part


def statement(shape: str, relations: Mapping[str, Relation], fill: Mapping[str, str]) -> str:
    """The script `shapes/<shape>.sql` below everything that it reads.

    `relations` stand in place of a script of that name; `fill` replaces the {placeholders}, with
    fixed words of the code only: whatever a person said is a $parameter.
    """
    main = script_files.load(f"shapes/{shape}")
    bodies: dict[str, str] = {}
    for name in main.needs:
        _add(name, bodies, relations)
    expressions = ",\n".join(f"{name} AS (\n{_indented(body)}\n)" for name, body in bodies.items())
    text = _joined(expressions, main.body)
    for name, value in fill.items():
        text = text.replace("{" + name + "}", value)
    return text


def _joined(expressions: str, body: str) -> str:
    """A shape that opens with expressions of its own has them follow those that it reads."""
    if not expressions:
        return body
    own = body.removeprefix("WITH ")
    return f"WITH {expressions}\n{body}" if own == body else f"WITH {expressions},\n{own}"


def _add(name: str, bodies: dict[str, str], relations: Mapping[str, Relation]) -> None:
    if name in bodies:
        return
    body, needs = relations[name] if name in relations else relation(name)
    for needed in needs:
        _add(needed, bodies, relations)
    bodies[name] = body


@functools.cache
def relation(name: str) -> Relation:
    """A script of `sources/` or `figures/`, opened by the line that says what it is."""
    for folder in FOLDERS:
        if f"{folder}/{name}" in script_files.names(folder):
            script = script_files.load(f"{folder}/{name}")
            return f"-- {script.what}\n{script.body}", script.needs
    raise KeyError(name)


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in body.splitlines())
