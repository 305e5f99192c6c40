"""What every process that serves or works does on the side: reap, and deliver webhooks."""

import logging
import random
import threading

from django.db import connections

from progress.conf import conf
from progress.reaper import Reaper
from progress.webhooks.courier import courier

logger = logging.getLogger(__name__)


class Watchman:
    """Runs until stopped, and survives a database that does not answer."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def start(self) -> None:
        # An event for each thread: one that still ends must not take a new start for its own.
        self.stopped = threading.Event()
        work = threading.Thread(target=self._run, args=(self.stopped,), name="progress-reaper",
                                daemon=True)  # fmt: skip
        work.start()
        courier.start()

    def stop(self) -> None:
        self.stopped.set()
        courier.stop()

    def _run(self, stopped: threading.Event) -> None:
        reaper = Reaper()
        # Processes look at different moments, so that a dead worker's run is taken up once.
        while not stopped.wait(conf().beat * random.uniform(0.5, 1.5)):
            self._look(reaper)

    def _look(self, reaper: Reaper) -> None:
        try:
            reaper.look()
        except Exception as error:
            logger.warning("Nothing can be reaped now: %s", error)
        finally:
            connections.close_all()


watchman = Watchman()
