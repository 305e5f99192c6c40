"""Makes a new checkout, or a new version, ready to serve."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from analysis.market import Market


class Command(BaseCommand):
    help = "Migrate the database, load the sample prices where none are, collect static files."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            call_command("migrate", verbosity=0)
        except OperationalError as error:
            raise CommandError(
                f"The database (DATABASE_URL) cannot be used: {error}", returncode=2
            ) from None
        Market(settings.MARKET_DIR).ensure_sample()
        self.collect_static()
        self.stdout.write("The site is ready: python manage.py serve")

    def collect_static(self) -> None:
        """Hashing and compressing takes seconds, so it waits until a file has changed."""
        mark = settings.STATIC_ROOT / "collected"
        current = fingerprint()
        if mark.exists() and mark.read_text() == current:
            return
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        mark.write_text(current)


def fingerprint() -> str:
    """Changes with the name, the size or the time of any static file."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=[]):
            stamp = storage.get_modified_time(path).isoformat()
            digest.update(f"{path} {storage.size(path)} {stamp}\n".encode())
    return digest.hexdigest()
