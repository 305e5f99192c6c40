"""`python manage.py load_prices FILE...`: replaces the market data, all or nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analysis.errors import PricesRejected
from analysis.market_import import load


class Command(BaseCommand):
    help = (
        "Load daily closes from CSV or Parquet files, long (ticker, date, adj_close) or wide (date "
        "and a column for each ticker). Errors are listed, and nothing is loaded then."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--tickers",
            type=Path,
            metavar="FILE",
            help="CSV with ticker, name, short_name, sector, industry, kind (stock or index), "
            "aliases (separated by |); without it what was known of a ticker stays",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load(options["files"], settings.MARKET_DIR, options["tickers"])
        except PricesRejected as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The prices cannot be stored in MARKET_DIR: {error}") from error
        self.stdout.write(
            f"Loaded {loaded.prices:,} prices of {loaded.tickers:,} tickers, "
            f"{loaded.first_date} to {loaded.last_date} (version {loaded.version})."
        )
