"""Another process that emits: reads `session count` lines, says `stored` after each.

It shares the test's database, and the channel layer that REDIS_URL names, if any.
"""

import sys

import django

django.setup()

from progress import service  # noqa: E402 - Django comes first


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        session, count = line.split()
        for number in range(int(count)):
            service.progress_info_sync(session, f"event {number}")
        print("stored" if service.drain(20) else "failed", flush=True)


if __name__ == "__main__":
    main()
