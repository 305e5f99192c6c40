"""`load_prices`: what it reads, what it refuses and why, and that it is all or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from analysis.execution import Execution
from analysis.market import Market
from analysis.planner import plan
from tests.analysis.numbers.asking import ALL, ask

Load = Callable[..., str]
LONG = """ticker,date,adj_close
AA,2020-01-02,10
AA,2020-01-03,11
AA,2020-01-06,12.5
BB,2020-01-02,5
BB,2020-01-03,4
BB,2020-01-06,6
"""
WIDE = """date,AA,BB
2020-01-02,10,5
2020-01-03,11,4
2020-01-06,12.5,6
"""


@pytest.fixture
def directory(tmp_path: Path, settings: Settings) -> Path:
    settings.MARKET_DIR = tmp_path / "market"
    return tmp_path


@pytest.fixture
def load(directory: Path) -> Load:
    """Writes texts to files by name, loads them, and gives back what the command said."""

    def loading(tickers: str | None = None, **texts: str) -> str:
        paths = []
        for name, text in texts.items():
            paths.append(directory / f"{name}.csv")
            paths[-1].write_text(text, encoding="utf-8")
        options: dict[str, object] = {}
        if tickers is not None:
            options["tickers"] = directory / "tickers.csv"
            (directory / "tickers.csv").write_text(tickers, encoding="utf-8")
        out = io.StringIO()
        call_command("load_prices", *paths, stdout=out, **options)
        return out.getvalue()

    return loading


def loaded(directory: Path) -> list[tuple[object, ...]]:
    market = Market(directory / "market")
    return market.cursor().execute("SELECT ticker, date, adj_close FROM prices").fetchall()


def test_long_and_wide_files_of_both_formats_give_the_same_data(
    load: Load, directory: Path
) -> None:
    said = load(prices=LONG)
    assert "Loaded 6 prices of 2 tickers, 2020-01-02 to 2020-01-06" in said
    rows = loaded(directory)
    assert len(rows) == 6
    for text in (LONG, WIDE):
        load(prices=text)
        assert loaded(directory) == rows
        parquet = directory / "prices.parquet"
        csv = directory / "prices.csv"
        duckdb.connect().execute(f"COPY (SELECT * FROM '{csv}') TO '{parquet}'")
        call_command("load_prices", parquet, stdout=io.StringIO())
        assert loaded(directory) == rows


def test_several_files_are_loaded_together(load: Load, directory: Path) -> None:
    head, *lines = LONG.splitlines()
    load(first="\n".join([head, *lines[:3]]), second="\n".join([head, *lines[3:]]))
    assert len(loaded(directory)) == 6


def test_dialects_of_spreadsheets_are_read(load: Load, directory: Path) -> None:
    load(prices=LONG)
    rows = loaded(directory)
    for text in (
        "\ufeff" + LONG,
        LONG.replace(",", ";"),
        LONG.replace(",", "\t"),
        LONG.replace("\n", "\r\n"),
        LONG.replace("AA", '"AA"').replace("ticker", "Symbol").replace("adj_close", "Adj Close"),
        LONG.replace("2020-01-03", "2020-01-03 00:00:00"),
    ):
        load(prices=text)
        assert loaded(directory) == rows


def test_an_empty_cell_of_a_wide_file_means_not_listed_yet(load: Load, directory: Path) -> None:
    load(prices=WIDE.replace("2020-01-02,10,5", "2020-01-02,10,"))
    market = Market(directory / "market")
    assert len(loaded(directory)) == 5
    assert str(market.facts().first_dates["BB"]) == "2020-01-03"


def test_a_tickers_file_gives_names_and_kinds(load: Load, directory: Path) -> None:
    tickers = "ticker,name,sector,kind,aliases\nAA,Double A,Energy,stock,aa|twice a\nBB,B,,index,\n"
    load(prices=LONG, tickers=tickers)
    company = Market(directory / "market").facts().company("AA")
    assert company is not None
    assert (company.name, company.short_name, company.sector) == ("Double A", "Double A", "Energy")
    assert company.aliases == ("aa", "twice a")
    assert [c.ticker for c in Market(directory / "market").facts().stocks()] == ["AA"]


def test_without_a_tickers_file_known_names_stay(load: Load, directory: Path) -> None:
    load(prices=LONG, tickers="ticker,name\nAA,Double A\nBB,Double B\n")
    load(prices=LONG.replace("BB", "CC"))
    facts = Market(directory / "market").facts()
    assert {c.ticker: c.name for c in facts.companies} == {"AA": "Double A", "CC": "CC"}


def line(number: int, text: str) -> str:
    lines = LONG.splitlines()
    lines[number - 1] = text
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LONG + "BB,2020-01-06,6\n", "prices.csv line 8: BB has two prices on 2020-01-06"),
        (line(3, "AA,2020-01-03,-3"), "line 3: the price of AA is not positive: -3.0"),
        (line(3, "AA,2020-01-03,0"), "line 3: the price of AA is not positive: 0.0"),
        (line(3, "AA,2020-01-03,inf"), "line 3: the price of AA is not positive: inf"),
        (line(3, "AA,2020-01-03,nan"), "line 3: the price of AA is not positive: nan"),
        (line(3, "AA,2020-01-03,eleven"), "line 3: not a price of AA: eleven"),
        (line(3, "AA,2020-01-03,"), "line 3: not a price of AA: (empty)"),
        (line(3, "AA,2020-02-30,11"), "line 3: not a date: 2020-02-30"),
        (line(3, "AA,yesterday,11"), "line 3: not a date: yesterday"),
        (line(3, ",2020-01-03,11"), "line 3: the ticker is missing"),
        (line(3, "A\tA,2020-01-03,11"), "line 3: not a ticker: A?A"),
        (line(3, f"{'A' * 41},2020-01-03,11"), "line 3: not a ticker: AAA"),
        (
            line(3, "AA,2020-01-07,11"),
            "line 4: AA is not in order of dates: 2020-01-06 comes after",
        ),
        (
            LONG + "CC,2020-01-02,1\nCC,2020-01-06,1\n",
            "line 9: CC has a gap: 1 trading days missing between 2020-01-02 and 2020-01-06",
        ),
        (line(4, "AA,2020-01-06,12.5,1,1"), "prices.csv: it cannot be read as CSV at line 4"),
        ("ticker,date,date,adj_close\n", "the column date is there twice"),
        ("", "the file is empty"),
        (LONG.replace("adj_close", "volume"), "there is no adj_close column"),
        (LONG.replace("date", "when"), "there is no date column"),
        ("ticker,date,adj_close,volume\nAA,2020-01-02,1,5\n", "unknown column volume"),
        ("ticker,date,adj_close\n", "there are no prices"),
        ("date\n2020-01-02\n", "no prices"),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_an_error_is_reported_with_its_line_and_nothing_is_loaded(
    text: str, reason: str, load: Load, directory: Path
) -> None:
    load(good=LONG)
    before, version = loaded(directory), Market(directory / "market").version()
    with pytest.raises(CommandError) as caught:
        load(prices=text)
    assert reason in str(caught.value)
    assert loaded(directory) == before
    assert Market(directory / "market").version() == version
    assert not list((directory / "market").glob("import-*"))


def test_all_errors_are_reported_together_up_to_a_number_of_each_kind(load: Load) -> None:
    bad = "".join(f"AA,2020-01-0{day % 3 + 1},-1\n" for day in range(50))
    with pytest.raises(CommandError) as caught:
        load(prices=LONG + bad + "AA,never,1\n")
    assert "not a date: never" in str(caught.value)
    assert "and 30 more of this kind" in str(caught.value)


@pytest.mark.parametrize(
    ("tickers", "reason"),
    [
        ("ticker,name\nAA,A\n", "not in the tickers file: BB"),
        ("ticker,ceo\nAA,A\n", "unknown column ceo"),
        ("name\nA\n", "no ticker column"),
        ("ticker,kind\nAA,fund\nBB,stock\n", "line 2: kind is stock or index, not fund"),
        ("ticker\nAA\nAA\nBB\n", "AA is listed twice"),
        ("ticker,name\n,A\n", "line 2: the ticker is missing"),
    ],
)
def test_a_tickers_file_is_checked_too(tickers: str, reason: str, load: Load) -> None:
    with pytest.raises(CommandError, match=reason):
        load(prices=LONG, tickers=tickers)


def test_files_that_are_no_price_files_are_refused(directory: Path) -> None:
    (directory / "prices.txt").write_text(LONG)
    (directory / "prices.parquet").write_bytes(b"PAR1 but not really")
    for name, reason in (
        ("prices.txt", "only"),
        ("prices.parquet", "cannot be read as Parquet"),
        ("missing.csv", "no such file"),
    ):
        with pytest.raises(CommandError, match=reason):
            call_command("load_prices", directory / name)


def test_a_new_content_has_a_new_version_and_readers_see_it(load: Load, directory: Path) -> None:
    load(prices=LONG)
    market = Market(directory / "market")
    first, cursor = market.facts(), market.cursor()
    load(prices=LONG.replace("12.5", "13"))
    assert market.facts().version != first.version
    top = Execution(plan(ask("rank", "total_return", window=ALL), market.facts()), market).run()
    assert top.rows[0][3] == pytest.approx(0.3)
    assert cursor.execute("SELECT max(adj_close) FROM prices").fetchone() == (12.5,)
    load(prices=LONG)
    assert market.facts().version == first.version


def test_made_up_prices_load_and_answer(directory: Path) -> None:
    out = io.StringIO()
    call_command("bench_data", directory / "bench", tickers=30, years=2, stdout=out)
    assert "Loaded 15,120 prices" in out.getvalue()
    market = Market(directory / "bench")
    intent = ask("rank", "volatility", "max_drawdown", window=ALL)
    result = Execution(plan(intent, market.facts()), market).run()
    assert len(result.rows) == 10
    assert all(row[3] > 0 > row[4] for row in result.rows)
