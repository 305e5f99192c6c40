"""The site's settings with writers that give the database up after two seconds."""

from analysis_site.settings import *  # noqa: F403
from analysis_site.settings import DATABASES

PROGRESS = {"write_patience": 2.0}
DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = 1
