"""A process that died without a word is known to be dead, and no other one is."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from progress import holders
from progress.holders import holder
from progress.models import Run
from progress.reaper import Reaper
from progress.runs import create
from progress.writer import writer

LEASES = "from progress.holders import holder; holder.lease()"
WORKER = f"{LEASES}; print(holder.lease(), flush=True); input()"
FORKS = "os.fork() and os._exit(0); print('the child', flush=True); input()"
PARENT = f"import os; {WORKER.replace('input()', FORKS)}"


class Worker:
    """Another process, which has taken two leases and tells the second."""

    def __init__(self, code: str = WORKER) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.lease = uuid.UUID(self.process.stdout.readline().strip())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def worker() -> Iterator[Worker]:
    yield from working()


@pytest.fixture
def other() -> Iterator[Worker]:
    yield from working()


def working() -> Iterator[Worker]:
    found = Worker()
    yield found
    found.kill()
    holders.bury(found.lease)


def test_a_process_is_dead_once_it_was_killed_and_not_before(worker):
    assert not holders.is_dead(worker.lease)
    worker.kill()
    assert holders.is_dead(worker.lease)


def test_this_process_lives_and_one_that_nobody_here_knows_may_live():
    assert not holders.is_dead(holder.lease())
    assert not holders.is_dead(uuid.uuid4())


def test_the_leases_of_one_process_are_all_different():
    assert len({holder.lease() for _ in range(100)}) == 100


def test_a_forked_child_does_not_keep_its_dead_parent_alive():
    parent = Worker(PARENT)
    parent.process.wait()
    assert parent.process.stdout.readline() == "the child\n"
    assert holders.is_dead(parent.lease)
    parent.process.stdin.close()  # now the child ends, too
    holders.bury(parent.lease)


def test_an_orderly_end_leaves_no_file(worker):
    worker.process.communicate("\n")
    assert not os.path.exists(holders.path(worker.lease.bytes[: holders.SIZE]))


def test_what_the_dead_left_is_swept_once_it_is_old_but_no_file_of_the_living(worker, other):
    files = [holders.path(one.lease.bytes[: holders.SIZE]) for one in (worker, other)]
    worker.kill()
    holders.sweep()
    assert files[0].exists()
    for file in files:
        os.utime(file, (0, 0))
    holders.sweep()
    assert [file.exists() for file in files] == [False, True]


@pytest.mark.stack
def test_the_run_of_a_dead_process_is_taken_at_the_first_look(session, worker):
    run, alive = Run(session=session), Run(session=session)
    for queued in (run, alive):
        writer().change(create(queued)).result(10)
    Run.objects.filter(id=run.id).update(state=Run.State.RUNNING, lease=worker.lease)
    Run.objects.filter(id=alive.id).update(state=Run.State.RUNNING, lease=holder.lease())
    Reaper().look()
    assert Run.objects.get(id=run.id).state == "running"
    worker.kill()
    Reaper().look()
    assert Run.objects.get(id=run.id).state == "interrupted"
    assert Run.objects.get(id=alive.id).state == "running"
    assert not holders.path(worker.lease.bytes[: holders.SIZE]).exists()
