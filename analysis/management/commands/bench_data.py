"""`python manage.py bench_data DIRECTORY`: made-up prices on the scale that is promised."""

from __future__ import annotations

import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import duckdb
from django.core.management.base import BaseCommand, CommandError

from analysis import script_files
from analysis.market_import import load

DAYS_A_YEAR = 252
SEED = 0.5


class Command(BaseCommand):
    help = "Generate random walks (5,000 tickers x 30 years) and load them into a directory."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path)
        parser.add_argument("--tickers", type=int, default=5000)
        parser.add_argument("--years", type=int, default=30)

    def handle(self, *args: Any, **options: Any) -> None:
        if not 2 <= options["tickers"] <= 50_000 or not 1 <= options["years"] <= 70:
            raise CommandError("2 to 50,000 tickers and 1 to 70 years are possible.")
        started = time.monotonic()
        options["directory"].mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=options["directory"]) as folder:
            path = Path(folder) / "prices.parquet"
            generate(path, options["tickers"], options["years"] * DAYS_A_YEAR)
            loaded = load([path], options["directory"])
        seconds = time.monotonic() - started
        self.stdout.write(f"Loaded {loaded.prices:,} prices in {seconds:.0f} s.")


def generate(path: Path, tickers: int, days: int) -> None:
    """Writes a long Parquet file; the same numbers give the same prices on one thread only."""
    walks = script_files.load("import/random_walks").body.format(tickers=tickers, days=days)
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed($seed)", {"seed": SEED})
        connection.execute(f"COPY ({walks}) TO '{str(path).replace(chr(39), chr(39) * 2)}'")
