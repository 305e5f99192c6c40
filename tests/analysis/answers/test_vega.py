import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from analysis.vega import THEMES, VegaBundleFinder, bundle_file, to_svg

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "width": "container",
    "data": {"values": [{"label": "A", "value": 1.5}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "value", "type": "quantitative"},
        "y": {"field": "label", "type": "nominal"},
    },
}


@pytest.fixture
def var(settings, tmp_path_factory) -> Path:
    """One folder for all tests: building the bundle takes a second."""
    settings.VAR_DIR = tmp_path_factory.getbasetemp() / "vega-var"
    return settings.VAR_DIR


def test_the_bundle_is_found_where_pages_ask_for_it(var):
    found = VegaBundleFinder().find("vega/bundle.js")
    assert found == str(bundle_file())
    assert VegaBundleFinder().find("vega/other.js") == []


def test_collecting_static_files_lists_the_bundle(var):
    [(path, storage)] = list(VegaBundleFinder().list([]))
    assert path == "vega/bundle.js"
    assert Path(storage.path(path)) == bundle_file()


def test_the_bundle_is_built_once(var):
    built = bundle_file()
    before = built.stat().st_mtime_ns
    assert bundle_file().stat().st_mtime_ns == before


def test_the_bundle_is_a_module_with_its_themes_and_an_interpreter(var):
    text = bundle_file().read_text()
    assert "export{" in text.replace(" ", "")
    assert THEMES["dark"]["axis"]["labelColor"] in text
    assert "ast:" in text.replace(" ", "")
    assert "import " not in text[:100]


def test_the_site_knows_the_finder():
    kinds = [type(finder).__name__ for finder in finders.get_finders()]
    assert "VegaBundleFinder" in kinds


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_colours_what_the_chart_leaves_open(theme):
    svg = to_svg(SPEC, theme)
    assert THEMES[theme]["axis"]["labelColor"] in svg
    assert "Infinity" not in svg


def test_a_chart_as_wide_as_its_container_gets_the_width_of_a_page():
    assert 'width="7' in to_svg(SPEC)


def test_a_broken_chart_is_refused():
    with pytest.raises(ValueError):
        to_svg({**SPEC, "mark": "no such mark"})


def test_both_themes_set_the_same_things():
    def keys(node, path=""):
        if not isinstance(node, dict):
            return {path}
        return {found for name in node for found in keys(node[name], f"{path}.{name}")}

    assert keys(THEMES["light"]) == keys(THEMES["dark"])
    assert json.dumps(THEMES)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_cells_of_a_heat_map_leave_their_figures_readable(theme):
    text = THEMES[theme]["text"]["color"]
    for cell in THEMES[theme]["range"]["diverging"]:
        assert contrast(text, cell) >= 4.5


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
