from pathlib import Path

from django.conf import settings

from analysis.intent import SHAPES
from analysis.metrics import METRICS

PAGE = (Path(settings.BASE_DIR) / "docs" / "analyses.md").read_text()


def test_every_metric_is_published_as_it_is_defined():
    for item in METRICS.values():
        definition = item.definition.replace("|", "\\|")
        assert f"| `{item.name}` | {item.label} | {item.format} | {definition} |" in PAGE


def test_every_published_metric_and_shape_exists():
    rows = [line.split("|")[1].strip() for line in PAGE.splitlines() if line.startswith("| `")]
    names = {row.strip("`") for row in rows}
    assert names == set(METRICS) | set(SHAPES)
