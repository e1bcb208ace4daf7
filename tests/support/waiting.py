"""Waiting for what has to happen. How long that takes is no test's business: the machine may be busy."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 600.0
"""Seconds. It is a limit of no test: what never happens ends here, on any machine."""


def until(condition: Callable[[], Any], *ignoring: type[Exception], every: float = 0.05) -> Any:
    """The first true value of `condition`. An exception of these kinds is a no: what is asked isn't there yet."""
    deadline = time.monotonic() + PATIENCE
    last: Any = None
    while True:
        asked = time.monotonic()
        try:
            last = condition()
        except ignoring as e:
            last = e
        else:
            if last:
                return last
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {PATIENCE:.0f} s; last seen: {last!r}")
        # questions take half of the time at most: whoever is asked about needs it
        time.sleep(max(every, time.monotonic() - asked))
