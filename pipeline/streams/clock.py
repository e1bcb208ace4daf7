"""The time that decides what readers may see: the system's clock, but for a jump ahead.

Somebody may set the clock while the worker runs, and set it wrongly: what is under an embargo would be public. So a jump
ahead is believed once Kafka's clock shows it; until then time goes on at the pace of a clock that nobody can set. A jump
back is believed at once. Late is possible, early is not. So it is with a clock that is ahead when the worker is started:
Kafka is asked for its time (kafka_clock.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pipeline import telemetry

JUMP = timedelta(seconds=2)
"""How far ahead the clock may be without being suspected: it is corrected by small steps all the time."""


def system_time() -> datetime:
    return datetime.now(UTC)


def steady_time() -> float:
    """Seconds on a clock that nobody sets. On Linux it also goes on while the machine is suspended."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Clock:
    """One worker's clock. `shown` is what Kafka's clock shows now; where that isn't known the system's time is believed."""

    def __init__(
        self,
        system: Callable[[], datetime] = system_time,
        steady: Callable[[], float] = steady_time,
        shown: datetime | None = None,
    ) -> None:
        self._system, self._steady = system, steady
        self._known = (shown or system(), steady())
        self._ahead = False

    def now(self) -> datetime:
        system, known = self._system(), self._continued()
        ahead = system > known + JUMP
        if ahead and not self._ahead:
            telemetry.CLOCK_JUMPED(seconds=round((system - known).total_seconds()))
        self._ahead = ahead
        if ahead:
            return known
        if system > known:
            self._known = (system, self._steady())
        return system

    def seen(self, at: datetime) -> None:
        """Kafka's clock showed this time."""
        if at > self._continued():
            self._known = (at, self._steady())

    def _continued(self) -> datetime:
        at, since = self._known
        return at + timedelta(seconds=self._steady() - since)
