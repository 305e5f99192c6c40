"""The site's settings with leases of two seconds, where a test waits for several of them."""

from analysis_site.settings import *  # noqa: F403

PROGRESS = {"lease": 2.0, "beat": 0.5}
