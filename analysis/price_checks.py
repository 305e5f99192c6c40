"""What may be wrong with staged prices, as (file, line, reason); an empty list lets them in."""

from __future__ import annotations

import dataclasses

import duckdb

SHOWN_PER_CHECK = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1 and includes a CSV file's header; it is 0 where no line is meant."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.file} line {self.line}" if self.line else self.file
        return f"{place}: {self.reason}"


# Each selects (file, line, reason). Those on `staged` need no order, those on `checked` do.
ROW_CHECKS = (
    "SELECT file, line, 'the ticker is missing' FROM staged WHERE coalesce(ticker, '') = ''",
    "SELECT file, line, 'not a ticker: ' || "
    "left(regexp_replace(ticker, '[[:cntrl:]]', '?', 'g'), 40) FROM staged "
    "WHERE length(ticker) > 40 OR regexp_matches(ticker, '[[:cntrl:]]')",
    "SELECT file, line, 'not a date: ' || coalesce(nullif(bad_date, ''), '(empty)') FROM staged "
    "WHERE bad_date IS NOT NULL",
    "SELECT file, line, 'not a price of ' || ticker || ': ' || "
    "coalesce(nullif(bad_price, ''), '(empty)') FROM staged WHERE bad_price IS NOT NULL",
    "SELECT file, line, 'the price of ' || ticker || ' is not positive: ' || adj_close "
    "FROM staged WHERE NOT (adj_close > 0 AND isfinite(adj_close))",
    "SELECT any_value(file), 0, 'unknown column or ticker, not in the tickers file: ' || ticker "
    "FROM staged WHERE $listed AND ticker NOT IN (SELECT ticker FROM listed) GROUP BY ticker",
)
ORDER_CHECKS = (
    "SELECT file, line, ticker || ' has two prices on ' || date || "
    "' (the other is in line ' || previous_line || ')' FROM checked WHERE date = previous_date",
    "SELECT previous_file, previous_line, ticker || ' is not in order of dates: ' || "
    "previous_date || ' comes after ' || date FROM checked "
    "WHERE previous_file = file AND previous_line > line AND previous_date < date",
)
GAP_CHECK = """
WITH jumps AS (
    SELECT file, line, ticker, date, previous_date FROM checked WHERE date - previous_date > 1
), numbered AS (
    SELECT jumps.*, until.number AS until FROM jumps ASOF JOIN trading_days AS until
        ON jumps.date > until.date
)
SELECT numbered.file, line, ticker || ' has a gap: ' || (until - since.number) ||
       ' trading days missing between ' || previous_date || ' and ' || numbered.date
FROM numbered ASOF JOIN trading_days AS since ON numbered.previous_date >= since.date
WHERE until > since.number
"""


def row_problems(connection: duckdb.DuckDBPyConnection, listed: bool) -> list[Problem]:
    """`listed`: a tickers file was given, and only its tickers are allowed."""
    if connection.execute("SELECT count(*) FROM staged").fetchone() == (0,):
        return [Problem("prices", 0, "there are no prices")]
    return _run(connection, ROW_CHECKS, {"listed": listed})


def order_problems(connection: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Duplicates, dates out of order and missing trading days."""
    return _run(connection, (*ORDER_CHECKS, GAP_CHECK), {})


def _run(
    connection: duckdb.DuckDBPyConnection, checks: tuple[str, ...], values: dict[str, bool]
) -> list[Problem]:
    problems: list[Problem] = []
    for check in checks:
        used = {name: value for name, value in values.items() if f"${name}" in check}
        rows = connection.execute(_LIMITED.format(check=check), used).fetchall()
        problems += [Problem(file, line, reason) for file, line, reason, _ in rows]
        if rows and rows[0][3] > len(rows):
            more = rows[0][3] - len(rows)
            problems.append(Problem(rows[0][0], 0, f"… and {more:,} more of this kind"))
    return problems


_LIMITED = (
    "SELECT *, count(*) OVER () FROM ({check}) AS found(file, line, reason) "
    f"ORDER BY file, line LIMIT {SHOWN_PER_CHECK}"
)
