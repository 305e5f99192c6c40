"""The site's settings under test: the same module, with cheap passwords and plain static files."""

import os
import tempfile
from pathlib import Path

# Imported price data is kept between test runs; everything else is new each time.
_KEPT = Path(__file__).resolve().parent.parent / "var" / "tests"
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="tickertape-tests-"))
os.environ.setdefault("MARKET_DIR", str(_KEPT / "market"))

from analysis_site.settings import *  # noqa: E402, F403 - the environment comes first
from analysis_site.settings import STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
