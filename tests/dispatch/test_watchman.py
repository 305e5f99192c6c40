from django.db import OperationalError

from progress.dispatch.watchman import Watchman
from progress.reaper import Reaper


class Outage(Reaper):
    """A reaper whose database does not answer."""

    def look(self) -> None:
        raise OperationalError("gone")


def test_a_database_that_does_not_answer_does_not_end_the_watch(db, caplog):
    Watchman()._look(Outage())
    assert "gone" in caplog.text
