"""Python's own logging as progress: `getLogger("import").addHandler(ProgressHandler(run))`."""

from __future__ import annotations

import logging
from collections.abc import Callable

from .active import ActiveRun
from .errors import ProgressError


class ProgressHandler(logging.Handler):
    """Reports each record of a logger as a log line of a run."""

    def __init__(self, run: ActiveRun, level: int = logging.INFO) -> None:
        super().__init__(level)
        self.run = run

    def emit(self, record: logging.LogRecord) -> None:
        # What this app logs about itself must not come back as an event of itself.
        if record.name.startswith("progress"):
            return
        try:
            self._report(record.levelno)(self.format(record))
        except ProgressError:
            self.handleError(record)

    def _report(self, level: int) -> Callable[..., None]:
        if level >= logging.ERROR:
            return self.run.error
        return self.run.warning if level >= logging.WARNING else self.run.info
