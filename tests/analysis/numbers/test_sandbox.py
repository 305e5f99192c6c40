"""SQL that people type: what comes back, and that no attack does harm or hangs."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.errors import (
    AnalysisError,
    MarketDataMissing,
    SqlCancelled,
    SqlFailed,
    SqlRejected,
    SqlTooLong,
    SqlTooMuchMemory,
)
from analysis.market import Market
from analysis.sandbox import Limits, SqlResult, SqlRun

SECONDS = 0.4  # given to a bomb
BOUND = 30.0  # within which it is over, the start of a process and a busy machine included
SECRET = "the-contents-of-a-secret-file"
ENDLESS = "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text(f"a\n{SECRET}\n")
    return path


def run_sql(market_file: Path, sql: str, **limits: int) -> SqlResult:
    return SqlRun(market_file, sql, Limits(**limits)).run()


def attack(market: Market, sql: str, seconds: float = 5) -> SqlResult | AnalysisError:
    """What came of it; the test fails if it takes too long or leaves its process behind."""
    started = time.monotonic()
    run = SqlRun(market.file(), sql, Limits(100, 100_000, seconds))
    try:
        return run.run()
    except AnalysisError as error:
        return error
    finally:
        assert run._process is None or run._process.poll() is not None
        assert time.monotonic() - started < BOUND


def test_a_select_gives_columns_rows_and_types(market: Market) -> None:
    result = run_sql(
        market.file(),
        "SELECT ticker, date, adj_close, 3 AS n, 0.5::DOUBLE AS volatility, adj_close > 9 AS b"
        " FROM prices ORDER BY ticker, date LIMIT 1",
    )
    assert [(c.name, c.type, c.format) for c in result.columns] == [
        ("ticker", "string", "text"),
        ("date", "date", "date"),
        ("adj_close", "number", "ratio"),
        ("n", "integer", "integer"),
        ("volatility", "number", "percent"),
        ("b", "boolean", "text"),
    ]
    assert result.rows == (("AAPL", "1990-01-02", 0.264, 3, 0.5, False),)
    assert not result.truncated


def test_values_that_json_does_not_know_are_made_plain(market: Market) -> None:
    sql = (
        "SELECT 'nan'::DOUBLE, '-inf'::DOUBLE, 1.50::DECIMAL(9, 2), INTERVAL 1 DAY, {'a': [1]}, "
        "'x'::BLOB, TIMESTAMP '2020-01-02 03:04:05', NULL, '☃'"
    )
    assert run_sql(market.file(), sql).rows == (
        (
            None,
            None,
            1.5,
            "1 day, 0:00:00",
            {"a": [1]},
            "78",
            "2020-01-02T03:04:05",
            None,
            "☃",
        ),
    )


def test_what_no_database_stores_is_replaced(market: Market) -> None:
    rows = run_sql(market.file(), "SELECT 'a' || chr(0), [chr(0)], MAP {chr(0): 1}").rows
    assert rows == (("a\ufffd", ["\ufffd"], {"\ufffd": 1}),)


def test_rows_and_bytes_are_capped(market: Market) -> None:
    rows = run_sql(market.file(), "SELECT * FROM prices", max_rows=7)
    whole = run_sql(market.file(), "SELECT * FROM range(7)", max_rows=7)
    fat = run_sql(market.file(), "SELECT repeat('x', 999) FROM range(100)", max_bytes=10_000)
    assert (len(rows.rows), rows.truncated) == (7, True)
    assert (len(whole.rows), whole.truncated) == (7, False)
    assert (len(fat.rows), fat.truncated) == (9, True)


@pytest.mark.parametrize(
    ("sql", "error", "words"),
    [
        ("SELEC 1", SqlFailed, 'syntax error at or near "SELEC"'),
        ("SELECT * FROM nowhere", SqlFailed, "nowhere does not exist"),
        ("SELECT now()", SqlFailed, "cast them"),
        ("SELECT 1; SELECT 2", SqlRejected, "Exactly one SELECT"),
        ("-- nothing", SqlRejected, "Exactly one SELECT"),
        ("  ", SqlRejected, "no SQL"),
        ("SELECT '\x00'", SqlRejected, "not text"),
        ("SELECT '\udcff'", SqlRejected, "not text"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_an_error_says_what_is_wrong(
    sql: str, error: type[AnalysisError], words: str, market: Market
) -> None:
    with pytest.raises(error, match=words) as caught:
        run_sql(market.file(), sql)
    assert str(market.directory) not in str(caught.value)
    assert "Traceback" not in str(caught.value)


OTHER_STATEMENTS = (
    "DELETE FROM prices",
    "UPDATE prices SET adj_close = 1",
    "INSERT INTO prices SELECT * FROM prices",
    "DROP TABLE prices",
    "CREATE TABLE x AS SELECT 1",
    "CREATE TEMP TABLE x AS SELECT 1",
    "CREATE MACRO f(x) AS x",
    "ALTER TABLE prices RENAME TO x",
    "COPY prices TO '{folder}/stolen.csv'",
    "COPY (SELECT 1) TO '{folder}/stolen.parquet'",
    "EXPORT DATABASE '{folder}/stolen'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{folder}/stolen.db'",
    "DETACH market",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{folder}/evil.duckdb_extension'",
    "SET threads = 64",
    "SET GLOBAL enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA database_list",
    "PRAGMA enable_external_access",
    "CALL pragma_version()",
    "CHECKPOINT",
    "VACUUM",
    "USE memory",
    "PREPARE x AS SELECT 1",
    "EXECUTE x",
    "BEGIN TRANSACTION",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT 1; DROP TABLE prices",
    "SELECT 1;\n--\nCOPY prices TO '{folder}/stolen.csv'",
    "/* SELECT */ DELETE FROM prices -- SELECT",
)


@pytest.fixture
def unharmed(market: Market, tmp_path: Path) -> Iterator[Path]:
    """A folder that has to stay empty, as the market has to stay what it is."""
    before = digest(market.file())
    yield tmp_path
    assert not list(tmp_path.iterdir())
    assert digest(market.file()) == before


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("sql", OTHER_STATEMENTS)
def test_nothing_but_a_single_select_is_run(sql: str, market: Market, unharmed: Path) -> None:
    outcome = attack(market, sql.format(folder=unharmed))
    assert isinstance(outcome, SqlRejected | SqlFailed)


WRITING_SELECTS = (
    "WITH x AS (DELETE FROM prices RETURNING *) SELECT * FROM x",
    "WITH x AS (INSERT INTO calendar SELECT * FROM calendar RETURNING *) SELECT * FROM x",
    "WITH x AS MATERIALIZED (UPDATE prices SET adj_close = 0 RETURNING 1) SELECT count(*) FROM x",
    "SELECT * FROM query('DELETE FROM prices')",
    "SELECT * FROM query('COPY prices TO ''{folder}/stolen.csv''')",
    "SELECT nextval('x')",
)


@pytest.mark.parametrize("sql", WRITING_SELECTS)
def test_a_select_that_writes_changes_nothing(sql: str, market: Market, unharmed: Path) -> None:
    assert isinstance(attack(market, sql.format(folder=unharmed)), SqlFailed)


READING_SELECTS = (
    "SELECT * FROM read_csv('{secret}')",
    "SELECT * FROM read_csv_auto('{secret}')",
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM read_blob('{secret}')",
    "SELECT * FROM read_json('{secret}')",
    "SELECT * FROM read_parquet('{secret}')",
    "SELECT * FROM parquet_metadata('{secret}')",
    "SELECT * FROM sniff_csv('{secret}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM '{secret}'",
    'SELECT * FROM "{secret}"',
    "FROM '{secret}'",
    "SELECT * FROM read_text('file://{secret}')",
    "SELECT * FROM read_text('/proc/self/environ')",
    "SELECT * FROM read_text('/proc/self/cmdline')",
    "SELECT * FROM read_text('https://example.org/x')",
    "SELECT * FROM 's3://bucket/x.parquet'",
    "SELECT * FROM query_table('{secret}')",
    "SELECT * FROM query('SELECT * FROM read_text(''{secret}'')')",
    "SELECT * FROM sqlite_scan('{secret}', 'x')",
    "SELECT * FROM which_secret('s3://x', 's3')",
    "SELECT * FROM duckdb_secrets()",
    "SELECT getenv('PATH')",
    "SELECT current_setting('s3_secret_access_key')",
    "SELECT * FROM sys",
    "SELECT * FROM request",
    "SELECT * FROM connection",
    "SELECT * FROM os.environ",
    "SELECT ᴿread_text('{secret}')",
    "SELECT * FROM READ_TEXT\u200b('{secret}')",
    "SELECT * FROM read_text(chr(47) || 'etc' || chr(47) || 'passwd')",
)


@pytest.mark.parametrize("sql", READING_SELECTS)
def test_nothing_but_the_market_can_be_read(sql: str, market: Market, secret: Path) -> None:
    outcome = attack(market, sql.format(secret=secret, folder=secret.parent))
    assert isinstance(outcome, SqlFailed | SqlRejected)
    assert SECRET not in str(outcome)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM duckdb_databases()",
        "SELECT * FROM duckdb_settings()",
        "SELECT name, value FROM duckdb_settings() WHERE value LIKE '%/%'",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM pragma_database_size()",
    ],
)
def test_no_query_reads_where_the_market_lies_or_what_the_server_knows(
    sql: str, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SERVER_SECRET", SECRET)
    outcome = attack(market, sql)
    told = str(outcome.rows) if isinstance(outcome, SqlResult) else str(outcome)
    assert str(market.directory) not in told
    assert SECRET not in told


BOMBS = (
    "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))",
    "SELECT levenshtein(repeat('a', 100000000), repeat('b', 100000000))",
    "SELECT damerau_levenshtein(repeat('a', 60000), repeat('b', 60000))",
    "SELECT jaccard(repeat('ab', 100000000), repeat('b', 100000000))",
    "SELECT length(lpad('x', 2000000000, 'y'))",
    "SELECT rpad('x', 2000000000, 'y')",
    "SELECT repeat(repeat('x', 100000000), 100)",
    "SELECT format('{:>1000000000}', 'x')",
    "SELECT printf('%2000000000d', 1)",
    "SELECT list_transform(range(100000000), lambda x: x || repeat('a', 30))",
    "SELECT sum(len(list_transform(range(1000000), lambda x: list_sum(range(x)))))",
    "SELECT list_reduce(range(10000000), lambda x, y: x + y)",
    "SELECT list_resize([1], 2000000000)",
    "SELECT len(flatten(list_transform(range(100000), lambda x: range(100000))))",
    ENDLESS,
    "WITH RECURSIVE t AS (SELECT 'a' AS x UNION ALL SELECT x || x FROM t) SELECT max(x) FROM t",
    "SELECT count(*) FROM prices AS a, prices AS b, prices AS c",
    "SELECT * FROM prices AS a, prices AS b ORDER BY a.adj_close * b.adj_close",
    "SELECT count(*) FROM range(1000000000000)",
    "SELECT max(md5(x::VARCHAR)) FROM range(3000000000) AS t(x)",
    "SELECT count(DISTINCT x) FROM range(3000000000) AS t(x)",
    "SELECT array_agg(x) FROM range(300000000) AS t(x)",
    "SELECT string_agg(repeat('x', 1000), '') FROM range(10000000)",
    "SELECT histogram(x) FROM range(30000000) AS t(x)",
    "SELECT quantile_cont(a.adj_close * b.adj_close, 0.5) FROM prices AS a, prices AS b",
    "SELECT sleep_ms(1000000)",
    "SELECT " + "(" * 50_000 + "1" + ")" * 50_000,
    "SELECT " + "1 + " * 40_000 + "1",
    "SELECT " + "NOT " * 60_000 + "true",
    "SELECT " + ", ".join(["1"] * 60_000),
    "SELECT " + "[" * 20_000 + "]" * 20_000,
    "WITH " + ", ".join(
        [
            "t0 AS (SELECT 1 AS x)",
            *(f"t{n} AS (SELECT a.x FROM t{n - 1} AS a, t{n - 1} AS b)" for n in range(1, 24)),
        ]
    ) + " SELECT count(*) FROM t23",
    "WITH " + ", ".join(
        [
            "t0 AS NOT MATERIALIZED (SELECT 1 AS x UNION ALL SELECT 2)",
            *(
                f"t{n} AS NOT MATERIALIZED (FROM t{n - 1} UNION ALL FROM t{n - 1})"
                for n in range(1, 30)
            ),
        ]
    ) + " SELECT count(*) FROM t29",
    "SELECT regexp_replace(repeat('a', 5000000), '(a|aa|aaa)+$', 'b')",
    "SELECT regexp_matches(repeat('a', 100000), '((a{1,100}){1,100}){1,100}')",
    "FROM generate_series(TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', INTERVAL 1 MICROSECOND)",
)  # fmt: skip


@pytest.mark.parametrize("sql", BOMBS, ids=lambda sql: sql[:60])
def test_a_bomb_is_defused_in_time_and_leaves_no_process(sql: str, market: Market) -> None:
    outcome = attack(market, sql, SECONDS)
    if isinstance(outcome, SqlResult):
        assert len(outcome.rows) <= 100
    else:
        assert isinstance(outcome, SqlTooLong | SqlTooMuchMemory | SqlFailed | SqlRejected)


def test_a_huge_result_is_cut_and_not_sent(market: Market) -> None:
    rows = run_sql(market.file(), "SELECT * FROM prices AS a, prices AS b", max_rows=100)
    cell = run_sql(market.file(), "SELECT repeat('x', 5000000)")
    assert (len(rows.rows), rows.truncated) == (100, True)
    assert (len(cell.rows), cell.truncated) == (0, True)


def test_a_running_statement_is_cancelled_and_its_process_is_gone(market: Market) -> None:
    shares: list[float] = []
    started = threading.Event()

    def progress(share: float) -> None:
        shares.append(share)
        started.set()

    run = SqlRun(market.file(), ENDLESS_SCAN, Limits(seconds=20), progress)
    errors: list[BaseException] = []

    def work() -> None:
        with pytest.raises(SqlCancelled) as caught:
            run.run()
        errors.append(caught.value)

    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(10)
    cancelled = time.monotonic()
    run.cancel()
    thread.join(5)
    assert errors
    assert time.monotonic() - cancelled < 0.5
    assert all(0 <= share <= 1 for share in shares)
    assert run._process is not None
    with pytest.raises(ProcessLookupError):
        os.kill(run._process.pid, 0)


ENDLESS_SCAN = "SELECT count(*) FROM prices a, prices b, prices c WHERE a.adj_close < b.adj_close"


def test_what_is_cancelled_before_it_runs_does_not_run(market: Market) -> None:
    run = SqlRun(market.file(), ENDLESS)
    run.cancel()
    with pytest.raises(SqlCancelled):
        run.run()


def test_without_data_there_is_nothing_to_ask(tmp_path: Path) -> None:
    with pytest.raises(MarketDataMissing):
        run_sql(tmp_path / "market.duckdb", "SELECT 1")


def test_a_file_that_is_no_database_fails_cleanly(tmp_path: Path) -> None:
    path = tmp_path / "market.duckdb"
    path.write_bytes(b"nothing of the kind" * 500)
    with pytest.raises(SqlFailed) as caught:
        run_sql(path, "SELECT 1")
    assert str(tmp_path) not in str(caught.value)
