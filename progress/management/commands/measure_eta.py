"""How good predictions were on the stored runs: `manage.py measure_eta --days 7`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from progress.accuracy import Accuracy, accuracy

HEAD = (
    "| kind | part | runs | below p50 | p50 to p80 | up to p80 | above p90 | median error |\n"
    "|---|---|---|---|---|---|---|---|"
)


class Command(BaseCommand):
    help = "Hold what was predicted of each stored run against how long it took (Markdown)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=float, default=30, help="runs of the last so many days")

    def handle(self, *args: Any, **options: Any) -> None:
        found = accuracy(options["days"])
        if not found:
            self.stdout.write("No run that succeeded had a prediction yet.")
            return
        self.stdout.write("\n".join([HEAD, *map(row, found)]))


def row(line: Accuracy) -> str:
    shares = (line.early, line.within, line.covered, line.slow)
    error = f"{line.error_ms:,.1f} ms ({line.relative:.0%})"
    cells = [line.kind, line.part, line.runs, *(f"{share:.1%}" for share in shares), error]
    return f"| {' | '.join(map(str, cells))} |"
