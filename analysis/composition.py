"""Composes one statement from scripts: each becomes a common table expression before its readers.

A script names those it reads in its `needs` header. `figures` joins the scripts that compute the
wanted metrics; it is the only relation that is written here, because its columns vary.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from analysis import script_files
from analysis.errors import UnplannableIntent

# `holding` before the rest: it has a row for every ticker that has a price in the window.
FOLDERS = ("sources", "figures")
FIRST = ("holding", "spread")


@functools.cache
def part_of(metric: str) -> str:
    """The script under `figures/` that computes a metric. Raises `UnplannableIntent`."""
    for name in script_files.names("figures"):
        if metric in script_files.load(name).columns:
            return name.removeprefix("figures/")
    raise UnplannableIntent(f"{metric} is not a figure of a window.")


def figures(metrics: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The relation (ticker, bucket, metrics...) and the scripts that it reads."""
    parts = sorted({part_of(metric) for metric in metrics}, key=_rank)
    joins = "".join(f"\nLEFT JOIN {part} USING (ticker, bucket)" for part in parts[1:])
    columns = ", ".join(dict.fromkeys(metrics))
    return f"SELECT ticker, bucket, {columns}\nFROM {parts[0]}{joins}", tuple(parts)


def _rank(part: str) -> tuple[int, str]:
    return (FIRST.index(part) if part in FIRST else len(FIRST)), part


def compose(
    main: str,
    needs: Iterable[str],
    *,
    relations: Mapping[str, tuple[str, tuple[str, ...]]],
    fill: Mapping[str, str],
) -> str:
    """The statement `WITH ... main`.

    `relations` are bodies that a plan brings itself, or puts in place of a script's, each with
    what it needs; `fill` replaces the {placeholders}, all from fixed words of the code.
    """
    bodies: dict[str, str] = {}
    for name in needs:
        _add(name, bodies, relations)
    expressions = ",\n".join(f"{name} AS (\n{_indented(body)}\n)" for name, body in bodies.items())
    text = f"WITH {expressions}\n{main}" if expressions else main
    return _filled(text, fill)


def _add(
    name: str, bodies: dict[str, str], relations: Mapping[str, tuple[str, tuple[str, ...]]]
) -> None:
    if name in bodies:
        return
    body, needs = relations[name] if name in relations else _script(name)
    for needed in needs:
        _add(needed, bodies, relations)
    bodies[name] = body


@functools.cache
def _script(name: str) -> tuple[str, tuple[str, ...]]:
    for folder in FOLDERS:
        if f"{folder}/{name}" in script_files.names(folder):
            script = script_files.load(f"{folder}/{name}")
            return f"-- {script.what}\n{script.body}", script.needs
    raise KeyError(name)


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in body.splitlines())


def _filled(text: str, fill: Mapping[str, str]) -> str:
    for name, value in fill.items():
        text = text.replace("{" + name + "}", value)
    return text
