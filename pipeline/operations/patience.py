"""Seconds that an operation waits by itself for worker and indexer. Apart, as commands show them without loading the flow."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

KILL = 30.0
ERASE = 60.0


class TimeIsUp(Exception):
    """A look that may take so long only has more to read."""


def end_after(
    seconds: float | None, progress: Callable[[int, int], None] = lambda *_: None
) -> Callable[[int, int], None]:
    """A progress for `read_to_end` that raises TimeIsUp where there is more to read after so many seconds from now."""
    deadline = time.monotonic() + seconds if seconds is not None else math.inf

    def checked(read: int, total: int) -> None:
        progress(read, total)
        if read < total and time.monotonic() > deadline:
            raise TimeIsUp

    return checked
