"""How many cores this process may use: fewer than the machine has, in a container with a limit."""

from __future__ import annotations

import os
from pathlib import Path

_LIMIT = Path("/sys/fs/cgroup/cpu.max")


def usable_cores(limit: Path = _LIMIT) -> int:
    """At least 1. `limit` is the cgroup's quota, "50000 100000" for half a core, "max 100000" for none (cgroup v2)."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = limit.read_text().split()
        allowed = min(allowed, -(-int(quota) // int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        pass  # no cgroup v2, or no limit
    return max(1, allowed)
