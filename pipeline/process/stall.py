"""Detects a Kafka call that never returns, and exits the process so that its supervisor restarts it.

kafka-python 3 waits for its own I/O thread without a timeout (`NetworkSelector.run` → `Event.wait()`): if that thread
dies or blocks, a poll hangs forever while the process looks alive. Exiting loses nothing: offsets are committed only after
delivery.
"""

from __future__ import annotations

import faulthandler
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StallGuard:
    """Watches calls from its own thread; `exit_process` is called once with the call that takes too long."""

    def __init__(self, exit_process: Callable[[str], None]) -> None:
        self._exit_process = exit_process
        self._watched: tuple[str, float] | None = None
        threading.Thread(target=self._watch, name="stall-guard", daemon=True).start()

    @contextmanager
    def watching(self, name: str, seconds: float) -> Iterator[None]:
        """Expect the block to end within `seconds`."""
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
                self._exit_process(f"{watched[0]} did not return in time")
                return
