import json
import time
import xml.etree.ElementTree as ElementTree

import pytest

from analysis.charts import chart
from analysis.plots.sampling import MOST_OF_ALL
from analysis.vega import to_png, to_svg

from .cases import CASES, EMPTY, FIVE_YEARS, ask

PICTURELESS = {
    "value", "value_two", "value_growth", "value_high", "value_momentum", "value_current",
    "value_all_time_high", "value_benchmark", "aggregate", "aggregate_portfolio", "screen_one",
    "calendar_one", "count", "drawdowns_open", "pairs_two", "price", "price_holiday", "whatif",
    "whatif_monthly", "value_cagr_of_weeks", "rank_second", "extremes_second", "pairs_second",
    "aggregate_second", "aggregate_median",
}  # fmt: skip
DRAWN = [n for n in CASES if n not in PICTURELESS and CASES[n].shape not in ("list", "explain")]
SECONDS = 30


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_renders_with_a_label_on_its_marks(name, run):
    spec = chart(CASES[name], run(CASES[name]))
    assert spec is not None
    begin = time.monotonic()
    svg = to_svg(spec, "light")
    assert time.monotonic() - begin < SECONDS
    root = ElementTree.fromstring(svg)
    labels = [node.get("aria-label") for node in root.iter() if node.get("aria-label")]
    assert len(labels) > 1
    assert "undefined" not in svg
    assert "NaN" not in svg
    assert "null" not in svg


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_plain_json_of_bounded_size_that_leaves_colours_to_the_theme(name, run):
    text = json.dumps(chart(CASES[name], run(CASES[name])), allow_nan=False)
    assert len(text) < 150 * MOST_OF_ALL
    assert "#" not in text.replace("#/definitions", "")
    assert "http" not in text.replace("https://vega.github.io/schema/", "")


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_describes_itself(name, run):
    spec = chart(CASES[name], run(CASES[name])) or {}
    assert len(spec["description"]) > 10
    assert spec["width"] == "container"


@pytest.mark.parametrize("name", sorted(PICTURELESS))
def test_one_figure_needs_no_picture(name, run):
    assert chart(CASES[name], run(CASES[name])) is None


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_found_draws_nothing(name, run):
    assert chart(EMPTY[name], run(EMPTY[name])) is None


def test_a_ranking_keeps_the_order_of_its_table(run):
    spec = chart(CASES["rank"], run(CASES["rank"])) or {}
    bars = spec["data"]["values"]
    assert [bar["label"] for bar in bars[:3]] == ["RRC", "AMD", "GE"]
    assert bars[0]["spoken"] == "RRC: 70.4 %"


def marks(spec):
    layers = spec.get("layer", [spec])
    return [layer["mark"]["type"] for layer in layers]


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("rank", "bar"),
        ("rank_scatter", "point"),
        ("compare", "bar"),
        ("compare_many", "point"),
        ("screen", "point"),
        ("trend_rolling", "line"),
        ("trend_drawdown", "area"),
        ("matrix", "rect"),
        ("calendar_months", "rect"),
        ("calendar_years", "bar"),
        ("seasonality_months", "bar"),
        ("crossings", "point"),
    ],
)
def test_the_chart_fits_the_shape(name, mark, run):
    spec = chart(CASES[name], run(CASES[name]))
    assert marks(spec)[0] == mark


@pytest.mark.parametrize(
    ("name", "wanted", "mark"),
    [
        ("compare", "scatter", "point"),
        ("compare_many", "bar", "bar"),
        ("trend_rolling", "area", "area"),
        ("pairs", "heatmap", "rect"),
        ("calendar_months", "bar", "bar"),
    ],
)
def test_a_chart_that_was_asked_for_is_drawn_where_it_fits(name, wanted, mark, run):
    intent = CASES[name].with_params(chart=wanted)
    assert marks(chart(intent, run(CASES[name])))[0] == mark


def test_a_table_that_was_asked_for_has_no_chart(run):
    intent = CASES["rank"].with_params(chart="table")
    assert chart(intent, run(CASES["rank"])) is None


def test_each_metric_of_a_comparison_has_a_scale_of_its_own(run):
    spec = chart(CASES["compare"], run(CASES["compare"])) or {}
    bars = spec["data"]["values"]
    longest: dict[str, float] = {}
    for bar in bars:
        longest[bar["label"]] = max(longest.get(bar["label"], 0), abs(bar["length"]))
    assert longest == dict.fromkeys(
        ["Total return", "CAGR", "Volatility", "Max drawdown", "Sharpe ratio"], 1
    )
    assert {bar["series"] for bar in bars} == {"AAPL", "MSFT"}
    assert bars[0]["spoken"].startswith("AAPL, Total return: ")
    assert all(bar["length"] * bar["value"] > 0 for bar in bars)


def test_rsi_is_drawn_between_its_levels(run):
    spec = chart(CASES["indicator_rsi"], run(CASES["indicator_rsi"])) or {}
    assert [row["level"] for row in spec["layer"][-1]["data"]["values"]] == [30, 70]


def test_several_lines_are_told_apart_by_a_legend_and_one_needs_none(run):
    several = to_svg(chart(CASES["trend_lines"], run(CASES["trend_lines"])) or {})
    one = to_svg(chart(CASES["trend_price"], run(CASES["trend_price"])) or {})
    assert "role-legend" in several
    assert "role-legend" not in one


def test_growth_over_decades_has_a_logarithmic_axis(run):
    spec = chart(CASES["trend_lines"], run(CASES["trend_lines"])) or {}
    assert spec["encoding"]["y"]["scale"] == {"type": "log"}


def test_long_lines_are_thinned_but_keep_their_peak(run):
    result = run(CASES["trend_price"])
    spec = chart(CASES["trend_price"], result) or {}
    at = [column.name for column in result.columns].index("price")
    values = [point["value"] for point in spec["data"]["values"]]
    assert len(result.rows) > 8000
    assert len(values) <= 1500
    assert max(values) == max(row[at] for row in result.rows)


def test_a_mirrored_matrix_has_a_cell_for_every_pair(run):
    spec = chart(CASES["matrix_few"], run(CASES["matrix_few"])) or {}
    assert len(spec["data"]["values"]) == 9


def test_labels_are_data_and_never_markup(run):
    import dataclasses

    result = run(CASES["rank"])
    hostile = (1, "<img src=x onerror=alert(1)>", "x", 0.5)
    rows = (hostile, *result.rows)
    spec = chart(CASES["rank"], dataclasses.replace(result, rows=rows)) or {}
    assert "<img" not in to_svg(spec)


def test_a_picture_is_a_png_in_both_themes(run):
    spec = chart(CASES["rank"], run(CASES["rank"])) or {}
    light, dark = to_png(spec, "light"), to_png(spec, "dark")
    assert light.startswith(b"\x89PNG")
    assert dark.startswith(b"\x89PNG")
    assert light != dark


def test_a_single_window_is_enough_for_two_lines(run):
    intent = ask("trend", FIVE_YEARS, "growth", "KO PEP")
    spec = chart(intent, run(intent)) or {}
    assert {point["series"] for point in spec["data"]["values"]} == {"KO", "PEP"}
