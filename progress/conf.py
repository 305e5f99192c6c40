"""The settings of `progress`, all optional, read once from Django's settings under `PROGRESS`."""

from __future__ import annotations

import dataclasses
import functools

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclasses.dataclass(frozen=True)
class Conf:
    """Durations are seconds, sizes bytes."""

    queue_limit: int = 20_000  # events waiting to be stored before emitting waits
    queue_bytes: int = 67_108_864  # and text and data of those beyond a KiB, if reached first
    batch_limit: int = 4_000  # events in one transaction
    linger: float = 0.08  # longest wait between two commits
    write_patience: float = 60.0  # how long a failing database is retried before emitting fails
    page_size: int = 500  # events in one read of the log
    page_bytes: int = 2_097_152  # and their text and data, if that is reached first
    tail_bytes: int = 262_144  # live events kept in memory per followed session
    frame_bytes: int = 131_072  # events in one WebSocket frame, unless a single one is larger
    page_cache_bytes: int = 16_777_216  # log pages shared between readers of one process
    readers: int = 4  # threads (and connections) that read the log for all streams; as many search
    shards: int = 1  # channel-layer groups that sessions are hashed onto; more for several Redis
    heartbeat: float = 15.0
    safety_check: float = 1.5  # how often missed hints are looked for, jittered by half
    proof_check: float = 25.0  # how often viewers' logins and tokens are looked at, at the latest
    send_window: int = 262_144  # bytes on their way to a socket, beyond which it is not sent more
    stall_timeout: float = 60.0  # a socket that takes nothing for so long is closed
    streams_per_owner: int = 64
    streams_total: int = 20_000
    lease: float = 10.0  # a run whose beats stop for so long is taken from its worker
    beat: float = 2.0
    cancel_poll: float = 0.1  # a cancelled run has to stop within half a second
    max_attempts: int = 3
    ask_expires: float = 86_400.0
    run_time_limit: float = 600.0
    webhook_allowed_hosts: tuple[str, ...] = ()  # called although private, and over plain http
    webhooks_per_owner: int = 20
    webhook_timeout: float = 15.0  # one attempt, from the name's resolution to the status line
    webhook_attempts: int = 16  # with the pauses below, about a day
    webhook_pause: float = 5.0  # after the first failure; doubles, jittered by half
    webhook_longest_pause: float = 14_400.0
    webhook_circuit: int = 5  # failures in a row that open an endpoint's circuit
    webhook_rest: float = 30.0  # how long it stays open the first time; doubles
    webhook_gives_up: float = 432_000.0  # an endpoint that only failed for so long is disabled
    webhook_old_secret: float = 86_400.0  # how long a replaced secret signs along
    webhook_poll: float = 2.0  # how often deliveries of other processes are looked for
    webhook_notice: float = 1.0  # until every process knows that there is a first webhook
    browser_cookie: str = "progress_browser"
    browser_cookie_age: int = 31_536_000
    authenticators: tuple[str, ...] = (
        "progress.access.from_user",
        "progress.access.from_browser",
    )


@functools.cache
def conf() -> Conf:
    """Raises ImproperlyConfigured, which names the setting, for one that is unknown or no good."""
    given = getattr(settings, "PROGRESS", {})
    defaults = {field.name: field.default for field in dataclasses.fields(Conf)}
    for name, value in given.items():
        if name not in defaults:
            raise ImproperlyConfigured(f"PROGRESS has an unknown setting: {name}")
        if not fits(value, defaults[name]):
            raise ImproperlyConfigured(f"PROGRESS[{name!r}] cannot be {value!r}")
    return Conf(**given)


def fits(value: object, default: object) -> bool:
    """Whether it is of the default's kind; numbers are not below 0, and a pair stays a pair."""
    if isinstance(default, tuple):
        kinds = default if default and isinstance(default[0], float) else None
        return isinstance(value, tuple | list) and (
            all(isinstance(one, str) for one in value)
            if kinds is None
            else len(value) == len(kinds) and all(map(fits, value, kinds))
        )
    if isinstance(default, str):
        return isinstance(value, str)
    number = int if isinstance(default, int) else int | float
    return isinstance(value, number) and not isinstance(value, bool) and value >= 0
