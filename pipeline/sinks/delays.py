"""How long to wait between attempts, and between batches. Pure."""

from __future__ import annotations

import random


def delay(attempt: int, longest: float = 30.0) -> float:
    """Seconds to wait before attempt number `attempt` (from 1): doubling from 0.25, with jitter, up to `longest`."""
    return float(min(longest, 0.25 * 2 ** min(attempt - 1, 10)) * random.uniform(0.75, 1.25))  # noqa: S311 - nobody gains by guessing it


class Gathering:
    """After a small batch the next one is given a moment to grow: where records trickle in quickly, a request and a commit
    for each would cost both servers more than the records. The slower the target, the longer the moment."""

    def __init__(self) -> None:
        self._last, self._took = 0, 0.0

    def polled(self, records: int) -> None:
        """So many records have come."""
        self._last = records

    def written(self, seconds: float) -> None:
        """It took so long until they were written and committed."""
        self._took = seconds

    def seconds(self) -> float:
        """To wait before the next poll: as long as the last batch took, within limits."""
        return min(_LONGEST, max(_SHORTEST, self._took)) if 0 < self._last < _SMALL else 0.0


_SHORTEST, _LONGEST, _SMALL = 0.04, 0.15, 100
