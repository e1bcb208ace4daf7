"""How long to wait between attempts. Pure."""

from __future__ import annotations

import random


def delay(attempt: int, longest: float = 30.0) -> float:
    """Seconds to wait before attempt number `attempt` (from 1): doubling from 0.25, with jitter, up to `longest`."""
    return float(min(longest, 0.25 * 2 ** min(attempt - 1, 10)) * random.uniform(0.75, 1.25))  # noqa: S311
