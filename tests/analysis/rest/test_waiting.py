"""`Prefer: wait` has a bound: what waits must not keep others from being answered."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import AsyncRequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analysis.rest.waiting import MOST, places, waits
from progress.service import Run, create_session, in_thread


class Queued(APIView):
    """Says of a run that nobody works on that it is accepted."""

    authentication_classes = permission_classes = ()

    def post(self, request: Request) -> Response:
        run = Run.objects.create(session=create_session())
        return Response({"session": str(run.session_id), "run": str(run.id)}, 202)


@pytest.fixture
def full_house() -> Iterator[None]:
    taken = [places.acquire(timeout=30) for _ in range(MOST)]
    yield
    for _ in taken:
        places.release()


@pytest.mark.django_db(transaction=True)
async def test_where_too_many_wait_the_next_hears_at_once_that_its_work_is_queued(
    full_house: None,
) -> None:
    request: Any = AsyncRequestFactory().post("/", headers={"Prefer": "wait=1"})
    answer = await waits(Queued)(request)
    assert (answer.status_code, "Preference-Applied" in answer) == (202, False)
    assert await in_thread(Run.objects.count) == 1
