"""What the numbers room gives back: a table, and where it came from."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column: what its values are, and how they are written.

    `type`: string, number, integer, date, boolean. `format`: percent, ratio, money, integer, date,
    text.
    """

    name: str
    type: str
    format: str


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """`rows` hold a value for each of the `columns`; dates are dates, a missing figure is None.

    `sql` runs as it stands in `/api/execute` and gives the same rows. `left_out` are the stocks
    without 80 % of the window; `facts` are figures beside the table that the sentence may quote
    (dates, row counts, coverage); `series` is True where rows are a line over time.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    sql: str
    script: str
    data_through: dt.date
    left_out: tuple[str, ...] = ()
    facts: tuple[tuple[str, Any], ...] = ()
    caveats: tuple[str, ...] = ()
    series: bool = False
