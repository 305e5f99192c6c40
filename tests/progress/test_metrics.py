"""The numbers on the /metrics page."""

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from progress import service
from progress.metrics import exposition
from tests.progress.house import House


def values() -> dict[str, float]:
    families = text_string_to_metric_families(exposition().decode())
    return {
        sample.name + "".join(f":{v}" for v in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


async def test_what_is_stored_and_who_watches_is_counted(house: House, session):
    before = values()
    async with house.socket(session.id) as client:
        await client.until("live")
        for number in range(5):
            await service.progress_info(session.id, f"{number}")
        await client.events(5)
        during = values()
    assert during["progress_events_stored_total"] - before["progress_events_stored_total"] == 5
    assert during["progress_viewers:websocket"] == 1
    assert during["progress_sessions_followed"] == 1
    assert during["progress_queue_depth"] == 0
    assert during["progress_commit_seconds_count"] > before["progress_commit_seconds_count"]


def test_every_metric_explains_itself():
    for family in text_string_to_metric_families(exposition().decode()):
        assert family.documentation.endswith(".")


def test_every_metric_is_in_the_operators_table_and_the_other_way_round():
    operations = Path(__file__).parents[2] / "docs" / "operations.md"
    described = re.findall(r"^\| `(progress_\w+)` \|", operations.read_text(), re.MULTILINE)
    told = {family.name for family in text_string_to_metric_families(exposition().decode())}
    assert set(described) == {name for name in told if not name.endswith("_created")}
