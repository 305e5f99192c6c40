"""The `.sql` files under `scripts/`: each opens with a header that describes it.

    -- name: volatility
    -- what: one line
    -- parameters: $start, $end
    -- columns: volatility, sharpe
    -- needs: returns
    -- source: where the definition comes from

A header field goes on over lines that are indented further.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "scripts"

_FIELD = re.compile(r"-- ([a-z]+): ?(.*)")
_PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")


@dataclasses.dataclass(frozen=True, slots=True)
class Script:
    """One file: `body` is the SQL without its header, the rest is what the header says."""

    name: str
    what: str
    body: str
    columns: tuple[str, ...]
    needs: tuple[str, ...]
    source: str


@functools.cache
def load(name: str) -> Script:
    """The script `scripts/<name>.sql`; raises FileNotFoundError."""
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    header, body = _split(text)
    return Script(
        name=name,
        what=header.get("what", ""),
        body=body,
        columns=_names(header.get("columns", "")),
        needs=_names(header.get("needs", "")),
        source=header.get("source", ""),
    )


@functools.cache
def names(folder: str = "") -> tuple[str, ...]:
    """Every script below a folder of `scripts/`, as `load` wants it."""
    paths = sorted((FOLDER / folder).rglob("*.sql"))
    return tuple(path.relative_to(FOLDER).with_suffix("").as_posix() for path in paths)


def parameters(sql: str) -> frozenset[str]:
    """The names of the parameters that a statement reads."""
    return frozenset(_PARAMETER.findall(sql))


def _split(text: str) -> tuple[dict[str, str], str]:
    header: dict[str, str] = {}
    lines = text.splitlines()
    field = ""
    for number, line in enumerate(lines):
        if not line.startswith("--"):
            return header, "\n".join(lines[number:]).strip().rstrip(";")
        if match := _FIELD.fullmatch(line):
            field = match[1]
            header[field] = match[2]
        elif field:
            header[field] += " " + line.removeprefix("--").strip()
    return header, ""


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
