"""docs/protocol.md says what the code does, and all of it."""

from __future__ import annotations

import inspect
import re
import uuid
from pathlib import Path

import orjson
import pytest

from progress import asgi, commands, door, errors, exports, frames, rest, socket, sse, stream
from progress.errors import ProgressError
from progress.events import KINDS, LEVELS, MAX_DATA, MAX_MESSAGE, draft, encode

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "protocol.md").read_text()
DOORS = (asgi, door, exports, rest, socket, sse, stream)


def table(name: str) -> dict[str, str]:
    """The rows between two marks: first column (without code quotes) → the rest."""
    block = TEXT.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
    rows = [line.strip("|").split("|", 1) for line in block.splitlines() if line.startswith("| ")]
    return {first.strip(" `"): rest for first, rest in rows[1:]}


def quoted(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


def test_every_guarantee_names_a_test_that_exists():
    guarantees = TEXT.partition("## Guarantees")[2].partition("Not promised")[0]
    named = re.findall(r"`(test_\w+)`", guarantees)
    sources = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) >= 15
    assert [name for name in named if f"def {name}(" not in sources] == []


def test_the_fields_of_an_event_are_those_of_the_wire():
    event = orjson.loads(encode(draft(uuid.uuid4(), "x"), 1))
    rows = table("event")
    assert list(rows) == list(event)
    assert quoted(rows["kind"]) == set(KINDS) and quoted(rows["level"]) == set(LEVELS)
    assert f"{MAX_MESSAGE:,}" in rows["message"] and f"{MAX_DATA:,}" in rows["data"]


SAMPLES = {
    "ready": frames.ready(1, 1, 15.0, True),
    "events": frames.events([b"{}"]),
    "live": frames.live(1),
    "reset": frames.reset("cleared", 1, 1),
    "heartbeat": frames.heartbeat(1),
    "reply": frames.reply("c1", ProgressError(), {}),
    "bye": frames.bye(1, 2),
}


def test_the_frames_of_the_server_are_all_described_with_their_fields():
    builders = {
        name
        for name, found in inspect.getmembers(frames, inspect.isfunction)
        if found.__module__ == frames.__name__ and name not in ("frame", "header")
    }
    assert set(table("server frames")) == builders == set(SAMPLES)
    for kind, rest_of_row in table("server frames").items():
        sent = orjson.loads(SAMPLES[kind].payload)
        assert sent.pop("type") == kind
        assert quoted(rest_of_row.split("|")[0]) == set(sent)


def test_the_frames_of_the_client_are_all_described():
    taken = set(re.findall(r'kind == "(\w+)"', inspect.getsource(socket)))
    assert set(table("client frames")) == taken | set(commands.COMMANDS)


def test_every_close_code_is_described():
    codes = {
        str(value)
        for name, value in vars(socket).items()
        if name.isupper() and isinstance(value, int) and 1000 <= value < 5000
    }
    assert set(table("close codes")) == codes


def test_every_parameter_of_the_page_is_described():
    source = inspect.getsource(rest)
    calls = r'(?:whole_number|names|identifier|one_of)\(request, "(\w+)"|GET\.get\("(\w+)"'
    read = {first or second for first, second in re.findall(calls, source)}
    assert set(table("page parameters")) == read


def subclasses(found: type[ProgressError]) -> set[type[ProgressError]]:
    return {found}.union(*(subclasses(inner) for inner in found.__subclasses__()))


def test_every_code_of_an_error_is_described_with_its_status():
    known = {
        (error.code, str(error.status))
        for error in subclasses(ProgressError)
        if error.__module__ in {module.__name__ for module in (errors, *DOORS)}
        and error is not ProgressError
    }
    assert {
        (code, rest_of_row.strip(" |")) for code, rest_of_row in table("codes").items()
    } == known


@pytest.mark.parametrize("reason", ["cleared", "rewound"])
def test_the_reasons_of_a_reset_are_described(reason):
    assert f"`{reason}`" in table("server frames")["reset"]
    assert f'"{reason}"' in inspect.getsource(stream)
