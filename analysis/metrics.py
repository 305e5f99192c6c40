"""The metrics that the product knows: names, labels, formats and published definitions.

They stand in `metrics.toml`; `scripts/` compute them, `tests/analysis/numbers` check them against
independent code.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Literal

Format = Literal["percent", "ratio", "money"]
Better = Literal["high", "low"]


@dataclasses.dataclass(frozen=True, slots=True)
class Metric:
    """One figure: `better` is the side that an investor likes, None where neither is."""

    name: str
    label: str
    format: Format
    definition: str
    better: Better | None = None
    needs_benchmark: bool = False


SHORTEST_CAGR = 365  # calendar days; for less none is given
# Read off prices day by day, as moving averages are.
_INDICATORS = frozenset(
    ["rsi", "macd", "macd_signal", "macd_histogram", "bollinger_upper", "bollinger_lower"]
)

DEFINITIONS = Path(__file__).with_name("metrics.toml")
METRICS: dict[str, Metric] = {
    name: Metric(name, **fields)
    for name, fields in tomllib.loads(DEFINITIONS.read_text(encoding="utf-8")).items()
}

_GAP = "price_to_"
_MOVING_AVERAGE = re.compile(r"sma_([1-9][0-9]{0,2})")


def metric(name: str) -> Metric:
    """The metric of a column name; `sma_<n>` and `price_to_sma_<n>` exist for every n from 1 to
    999. Raises KeyError."""
    if name in METRICS:
        return METRICS[name]
    gap = average_gap_days(name)
    if gap is not None:
        text = f"How far the close lies above its {gap}-day moving average: P / SMA - 1."
        return Metric(name, f"Price against the {gap}-day moving average", "percent", text)
    days = moving_average_days(name)
    if days is None:
        raise KeyError(name)
    text = f"The mean of the last {days} closes, on the whole series."
    return Metric(name, f"{days}-day moving average", "money", text)


def is_indicator(name: str) -> bool:
    """RSI, MACD, Bollinger bands and moving averages of any length."""
    return name in _INDICATORS or moving_average_days(name) is not None


def average_gap_days(name: str) -> int | None:
    """50 for "price_to_sma_50"; None for any other column."""
    return moving_average_days(name.removeprefix(_GAP)) if name.startswith(_GAP) else None


def moving_average_days(name: str) -> int | None:
    """50 for "sma_50"; None for any other column."""
    match = _MOVING_AVERAGE.fullmatch(name)
    return int(match[1]) if match else None
