from django.db import OperationalError

from progress.dispatch.watchman import Watchman
from progress.reaper import Reaper
from progress.webhooks.courier import courier


class Outage(Reaper):
    """A reaper whose database does not answer."""

    def look(self) -> None:
        raise OperationalError("gone")


def test_a_database_that_does_not_answer_does_not_end_the_watch(db, caplog):
    Watchman()._look(Outage())
    assert "gone" in caplog.text


def test_a_watch_that_still_ends_does_not_take_a_new_start_for_its_own(transactional_db):
    watchman = Watchman()
    watchman.start()
    ending = watchman.stopped
    watchman.stop()
    watchman.start()
    assert ending.is_set() and not watchman.stopped.is_set()
    watchman.stop()
    assert courier.thread is not None
    courier.thread.join(30)
