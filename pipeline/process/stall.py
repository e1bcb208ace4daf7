"""Detects work that never ends, and exits the process so that its supervisor restarts it.

kafka-python 3 waits for its own I/O thread without a timeout (`NetworkSelector.run` → `Event.wait()`): if that thread
dies or blocks, a poll hangs forever while the process looks alive. Likewise an event loop that is blocked, or a batch that
waits for what never comes. Exiting loses nothing: offsets are committed only after delivery.
"""

from __future__ import annotations

import faulthandler
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_TICK = 0.5


class StallGuard:
    """Watches blocks of code from its own thread; `exit_process` is called once with the one that takes too long. Time in
    which the whole process was suspended doesn't count."""

    def __init__(self, exit_process: Callable[[str], None]) -> None:
        self._exit_process = exit_process
        self._watched: dict[object, tuple[str, float]] = {}
        self._now = 0.0
        threading.Thread(target=self._watch, name="stall-guard", daemon=True).start()

    @contextmanager
    def watching(self, name: str, seconds: float) -> Iterator[None]:
        """Expect the block to end within `seconds`. Blocks may overlap, in several threads or tasks."""
        block = object()
        self._watched[block] = (name, self._now + seconds)
        try:
            yield
        finally:
            del self._watched[block]

    def _watch(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(_TICK)
            now = time.monotonic()
            self._now += min(now - last, 2 * _TICK)
            last = now
            for name, deadline in list(self._watched.values()):
                if self._now > deadline:
                    faulthandler.dump_traceback(all_threads=True)
                    self._exit_process(f"{name} did not return in time")
                    return
