"""Every script says what it is, and every metric is computed by one."""

from __future__ import annotations

import re

import pytest

from analysis import composition, script_files
from analysis.metrics import METRICS, metric, moving_average_days

CANONICAL = (
    "volatility total_return cagr max_drawdown sharpe sortino calmar beta alpha correlation var_95 "
    "cvar_95 tracking_error information_ratio up_capture down_capture sma_50 sma_200 momentum rsi "
    "macd macd_signal macd_histogram bollinger_upper bollinger_lower skewness kurtosis "
    "up_day_share growth high_52w low_52w"
)
PERIOD_RETURNS = {f"{p}_return" for p in ("day", "week", "month", "quarter", "year")}


def test_every_canonical_metric_is_registered_and_computed() -> None:
    assert set(CANONICAL.split()) <= set(METRICS)
    for name in set(METRICS) - PERIOD_RETURNS:
        assert composition.part_of(name) in {
            script.removeprefix("figures/") for script in script_files.names("figures")
        }


@pytest.mark.parametrize("name", script_files.names())
def test_a_script_has_a_described_header(name: str) -> None:
    script = script_files.load(name)
    header = (script_files.FOLDER / f"{name}.sql").read_text(encoding="utf-8").split("\n\n")[0]
    assert script.what
    assert script.source
    assert script.body
    assert f"-- name: {name.rsplit('/', 1)[-1]}\n" in header
    for field in ("parameters", "columns"):
        assert f"-- {field}: " in header


@pytest.mark.parametrize("name", script_files.names())
def test_a_script_s_header_names_its_parameters(name: str) -> None:
    text = (script_files.FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    header = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    body = script_files.load(name).body
    for parameter in script_files.parameters(body):
        assert re.search(rf"\${parameter}\b", header), parameter
    for placeholder in set(re.findall(r"\{([a-z_]+)\}", body)):
        assert f"{{{placeholder}}}" in header, placeholder


def test_a_metric_has_a_label_and_a_definition_in_one_sentence() -> None:
    for item in METRICS.values():
        assert item.label
        assert item.definition.endswith(".")
        assert item.better in ("high", "low", None)
        assert item.format in ("percent", "ratio", "money")


def test_moving_averages_of_any_length_are_metrics() -> None:
    assert metric("sma_100").label == "100-day moving average"
    assert moving_average_days("sma_7") == 7
    for name in ("sma_0", "sma_x", "volatilty"):
        with pytest.raises(KeyError):
            metric(name)
