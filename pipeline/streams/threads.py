"""Runs what may never end in a thread of its own, so that the event loop and its heartbeats go on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

MOST = 4
"""Threads that may be lost to what never ends; each costs the others time."""


class NoThread(Exception):
    """Too many threads never ended: only an end of the process frees them."""


class Threads:
    """Threads for one function after the other. One that doesn't end in time is left to itself; it ends with the process."""

    def __init__(self) -> None:
        self._lost: list[threading.Thread] = []

    def require(self) -> None:
        """Raise NoThread where too many are lost."""
        self._lost = [thread for thread in self._lost if thread.is_alive()]
        if len(self._lost) >= MOST:
            raise NoThread(f"{len(self._lost)} threads are busy with records that they don't get done")

    async def run(self, function: Callable[[], None], seconds: float) -> None:
        """Run the function. Raises what it raises, and TimeoutError after so many seconds."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        errors: list[BaseException] = []

        def work() -> None:
            try:
                function()
            except BaseException as e:  # handed to whoever waits
                errors.append(e)
            with suppress(RuntimeError):  # the loop is closed by now
                loop.call_soon_threadsafe(ended.set)

        thread = threading.Thread(target=work, name="step", daemon=True)
        thread.start()
        try:
            await asyncio.wait_for(ended.wait(), seconds)
        except TimeoutError:
            self._lost.append(thread)
            raise
        if errors:
            raise errors[0]
