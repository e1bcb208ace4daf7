"""Notices a Kafka call that never comes back, and leaves the process so that its supervisor starts it again.

kafka-python 3 waits for an I/O thread of its own with no limit (`NetworkSelector.run` → `Event.wait()`): should that
thread ever die or block, a poll would hang for good while the process looks alive. Nothing is lost by leaving: offsets
are committed only after delivery.
"""

from __future__ import annotations

import faulthandler
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StallGuard:
    """Watches calls from a thread of its own; `leave` is called once with the name of a call that takes too long."""

    def __init__(self, leave: Callable[[str], None]) -> None:
        self._leave = leave
        self._watched: tuple[str, float] | None = None
        threading.Thread(target=self._watch, name="stall-guard", daemon=True).start()

    @contextmanager
    def watching(self, name: str, seconds: float) -> Iterator[None]:
        """The block is expected to end within `seconds`."""
        self._watched = (name, time.monotonic() + seconds)
        try:
            yield
        finally:
            self._watched = None

    def _watch(self) -> None:
        while True:
            time.sleep(0.5)
            watched = self._watched
            if watched is not None and time.monotonic() > watched[1]:
                faulthandler.dump_traceback(all_threads=True)
                self._leave(f"{watched[0]} did not come back in time")
                return
