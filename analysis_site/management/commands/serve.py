"""Serves the site on HOST and PORT."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from analysis_site import server


class Command(BaseCommand):
    help = "Serve the site on HOST and PORT (environment). Ctrl-C or SIGTERM drains and ends."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = settings.HOST, settings.PORT
        try:
            listener = server.listen(host, port)
        except server.PortTaken as error:
            way_out = f"choose another one: PORT={port % 65535 + 1} make run"
            raise CommandError(
                f"Port {port} of {host} is taken ({error}); {way_out}", returncode=2
            ) from None
        except OSError as error:
            raise CommandError(
                f"HOST must be an address of this machine: {host}: {error}", returncode=2
            ) from None
        self.require_preparation()
        self.stdout.write(f"Tickertape is on http://{host}:{port} (Ctrl-C ends it)")
        server.run(listener)

    def require_preparation(self) -> None:
        try:
            executor = MigrationExecutor(connection)
        except OperationalError as error:
            raise CommandError(
                f"The database (DATABASE_URL) cannot be used: {error}", returncode=2
            ) from None
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        connection.close()
        hashed = getattr(staticfiles_storage, "hashed_files", True)
        if plan or not hashed:
            raise CommandError(
                "The site is not prepared; run first: python manage.py prepare", returncode=2
            )
