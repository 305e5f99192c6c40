from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser

from prices.jobs import FILE, load
from progress.service import create_session, page, start_run


class Command(BaseCommand):
    help = "Import a file of prices; the log of it stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=FILE)

    def handle(self, *args: object, **options: Path) -> None:
        session = create_session(title=f"Import of {options['file'].name}")
        with start_run(session.id, "Import prices", kind="import", total_steps=2) as run:
            load(run, options["file"])
        for event in page(session.id)["events"]:
            self.stdout.write(f"{event['seq']:>4} {event['level']:<8} {event['message']}")
