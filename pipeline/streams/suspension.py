"""Whether the process stood still for longer than the consumer group waits for its heartbeats."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pipeline.errors import Fatal

_TICK = 0.5
_WORKING = 0.1
"""The share of a processor from which on the process worked: a suspended one gets none."""


class Unresponsive(Exception):
    """Something of this process kept the interpreter to itself, and with it the thread of the heartbeats."""


class SuspendDetector:
    """Detects that no thread of the process could run (it was stopped, swapped out, its machine paused) for longer than the
    session timeout: its partitions may have a new owner, whose writes ours would overwrite.

    It ticks in a thread of its own, as the heartbeats do: a batch that keeps only the event loop busy is no suspension.
    """

    def __init__(
        self,
        limit: float,
        clock: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.process_time,
    ) -> None:
        self._limit, self._clock, self._worked = limit, clock, worked
        self._lock = threading.Lock()
        self._last = (clock(), worked())
        self._silent = (0.0, 0.0)
        """Seconds without a tick, too many, since the partitions were assigned; and seconds of a processor in them."""

    def start(self) -> None:
        """Tick as long as the process lives."""
        threading.Thread(target=self._run, name="suspend-detector", daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(min(_TICK, self._limit / 4))
            self.tick()

    def tick(self) -> None:
        with self._lock:
            now, worked = self._clock(), self._worked()
            if now - self._last[0] > self._limit:
                self._silent = (now - self._last[0], worked - self._last[1])
            self._last = (now, worked)

    def reset(self) -> None:
        """The partitions were assigned again, and no record read before is in progress."""
        with self._lock:
            self._last = (self._clock(), self._worked())
            self._silent = (0.0, 0.0)

    def check(self) -> None:
        """Call before anything is sent. After a silence that was too long it raises Fatal, or Unresponsive where the process
        worked meanwhile: a record may be at fault then."""
        self.tick()
        seconds, worked = self._silent
        if worked > seconds * _WORKING:
            raise Unresponsive(f"heartbeats could not go out for {seconds:.0f} s, as this process was busy")
        if seconds:
            raise Fatal(f"suspended for {seconds:.0f} s; another worker may have taken over these partitions")
