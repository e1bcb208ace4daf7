from __future__ import annotations

import asyncio
import threading

import pytest

from pipeline.errors import Fatal
from pipeline.streams.suspension import SuspendDetector, Unresponsive
from tests.support.waiting import PATIENCE


def test_a_worker_that_stood_still_sends_nothing_until_it_has_its_partitions_anew() -> None:
    now = [100.0]
    pulse = SuspendDetector(6.0, lambda: now[0], lambda: 0.0)
    for _ in range(50):
        now[0] += 0.5
        pulse.tick()
    pulse.check()
    now[0] += 6.5  # nothing ticked
    with pytest.raises(Fatal, match="suspended for 6 s"):
        pulse.check()
    pulse.tick()
    now[0] += 0.5
    with pytest.raises(Fatal):
        pulse.check()  # that it ticks again changes nothing
    pulse.reset()
    pulse.check()


def test_a_busy_event_loop_is_no_suspension() -> None:
    """A record that took 6 s of the loop ended the worker, and counted as no fault of the record: so for ever."""
    now = [100.0]
    ticked = threading.Event()

    class Watched(SuspendDetector):
        def tick(self) -> None:
            super().tick()
            ticked.set()

    detector = Watched(6.0, lambda: now[0])
    detector.start()

    async def batch() -> None:
        for _ in range(3):  # the loop is blocked for 15 s, other threads run
            now[0] += 5
            ticked.clear()
            assert ticked.wait(PATIENCE)
        detector.check()

    asyncio.run(batch())


def test_what_keeps_the_interpreter_to_itself_is_no_suspension() -> None:
    """The heartbeats stop as well: nothing may be sent. But it is not said to be nobody's fault."""
    now = [100.0, 5.0]
    detector = SuspendDetector(6.0, lambda: now[0], lambda: now[1])
    now[0] += 20
    now[1] += 8
    with pytest.raises(Unresponsive, match="for 20 s"):
        detector.check()
