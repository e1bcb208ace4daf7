"""How far another machine's clock differs from this one's. Pure."""

from __future__ import annotations

TOLERANCE = 5.0
"""Seconds that two clocks may differ."""


def ahead(theirs: float, before: float, after: float, exact_to: float = 0.0) -> float:
    """Seconds that another's clock is ahead of ours at least (below 0: behind), where it was read between these two moments of
    ours, and tells its time to so many seconds, cut off."""
    if theirs > after:
        return theirs - after
    return min(0.0, theirs + exact_to - before)
