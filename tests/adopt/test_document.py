"""docs/adopt.md shows the code of examples/imports, word for word."""

import importlib
import re

import pytest

from progress import service
from progress.conf import Conf
from tests.adopt.strangers import EXAMPLE, ROOT

TEXT = (ROOT / "docs" / "adopt.md").read_text()
# A line that is only a path names the file of the blocks after it, up to the next such line.
PART = re.compile(r"^`([\w/]+\.(?:py|html))`$|^```(?:python|html)\n(.*?)^```", re.M | re.S)


def shown() -> list[tuple[str, str]]:
    file, found = "", []
    for path, code in PART.findall(TEXT):
        if path:
            file = path
        else:
            found.append((file, code))
    return found


@pytest.mark.parametrize(("file", "code"), shown())
def test_what_is_shown_is_what_runs(file, code):
    assert code in (EXAMPLE / file).read_text()


def test_everything_that_was_promised_is_shown():
    files = {file.rpartition("/")[2] for file, _ in shown()}
    assert files >= {"views.py", "tasks.py", "import_prices.py", "jobs.py", "agent.py",
                     "import.html", "settings.py", "asgi.py", "urls.py"}  # fmt: skip
    for word in ("run.track(", "{% live_log session %}", "run.ask("):
        assert word in TEXT


def test_each_name_that_the_text_mentions_exists():
    for path in set(re.findall(r"`(progress(?:\.\w+)+\.[A-Z]\w+)`", TEXT)):
        module, _, name = path.rpartition(".")
        assert hasattr(importlib.import_module(module), name), path
    for name in re.findall(r"`(viewer_of|visible_session|queue_run|SessionNotFound)`", TEXT):
        assert hasattr(service, name)
    assert hasattr(service, "ProgressHandler") and hasattr(Conf, "heartbeat")
