"""The site's settings under test: the same module, with cheap passwords and plain static files."""

import os
import tempfile
from pathlib import Path

# Shared by the workers of one test run, and gone after it.
_var = tempfile.TemporaryDirectory(prefix="tickertape-tests-", ignore_cleanup_errors=True)
os.environ.setdefault("VAR_DIR", _var.name)
# WhiteNoise warns of its absence.
Path(os.environ["VAR_DIR"], "static").mkdir(parents=True, exist_ok=True)

from analysis_site.settings import *  # noqa: E402, F403 - the environment comes first
from analysis_site.settings import CHANNEL_LAYERS, STORAGES, TASKS  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
# Only the processes of `scaled_site` have workers; everywhere else this process does the work.
TASKS["default"]["BACKEND"] = "progress.dispatch.inprocess.InProcessBackend"
# Test processes that share one Redis do not hear each other, unless they are told to.
if "CONFIG" in CHANNEL_LAYERS["default"]:
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = os.environ.get(
        "HINTS_PREFIX", f"test-{os.getpid()}"
    )
