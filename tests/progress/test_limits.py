"""Places at the doors, for one owner and for all of them together."""

import uuid

import pytest

from progress.access import Viewer
from progress.errors import TooManyStreams
from progress.limits import Place, viewers_by_door


def test_all_owners_together_have_a_limit_and_places_come_free_again(configure):
    configure(streams_total=sum(viewers_by_door().values()) + 1)
    one, other = Viewer(browser=uuid.uuid4()), Viewer(browser=uuid.uuid4())
    with Place(one, "sse"), pytest.raises(TooManyStreams):
        Place(other, "websocket")
    with Place(other, "websocket"):
        assert viewers_by_door()["websocket"] > 0
