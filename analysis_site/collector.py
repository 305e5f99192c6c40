"""Python's cyclic garbage collector in processes that live long."""

import atexit
import gc


def spare_the_collector() -> None:
    """What start-up made stays, and what a batch of events makes is soon gone without cycles.

    With its usual settings Python's cyclic collector looks at all of it again and again: a tenth of
    the time of a server that stores and delivers 20,000 events a second.
    """
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # or libraries that look for leaks at the end report all of it
    gc.set_threshold(20_000, 10, 10)
