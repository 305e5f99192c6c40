"""docs/webhooks.md promises nothing that is not tested, and its code works."""

import re
from pathlib import Path

import pytest

from progress.events import KINDS, LEVELS
from progress.models import Delivery, Run
from progress.webhooks import actions
from progress.webhooks.models import new_secret
from progress.webhooks.sending import headers
from progress.webhooks.urls import urlpatterns

HERE = Path(__file__).parent
TEXT = (HERE.parents[2] / "docs" / "webhooks.md").read_text()


def test_each_promise_names_a_test_that_exists():
    written = "".join(file.read_text() for file in HERE.glob("test_*.py"))
    tests = set(re.findall(r"def (test_\w+)", written))
    promises = TEXT.partition("## What is promised")[2].partition("Not promised")[0]
    rows = [row for row in promises.splitlines() if row.startswith("| ")][1:]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named and set(named) <= tests, row


def test_each_field_and_address_of_the_document_exists_and_the_other_way_round():
    fields = TEXT.partition("| field |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", fields, re.M)) == set(actions.CHECKS)
    for word in (*KINDS, *LEVELS, *Run.FINAL, *Delivery.State.values):
        assert f"`{word}`" in TEXT
    addresses = {re.sub(r"<uuid:webhook>", "{id}", str(p.pattern)) for p in urlpatterns}
    for address in addresses:
        assert f"/{address.replace('<uuid:delivery>', '{delivery}')}`" in TEXT


@pytest.fixture
def receive():
    code = re.search(r"```python\n(.*?)```", TEXT, re.S)
    assert code
    names: dict = {}
    exec(code[1], names)
    return names["receive"]


def test_the_receiver_of_the_document_verifies_and_drops_repetitions(receive, capsys):
    secret, body = new_secret(), '{"data": {"seq": 42, "message": "Finished"}}'
    given = headers("id-1", body, [secret])
    assert [receive(given, body, secret) for _ in range(2)] == [204, 204]
    assert capsys.readouterr().out == "42 Finished\n"
    assert receive(given, body + " ", secret) == 401
